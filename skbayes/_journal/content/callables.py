"""Read functions, classes, modules and their wrappers; part of `Hasher`.

The user's own become open ends: they count by name here, and `CodeNodes` reads their
code. Those of installed packages count by name; their version is a part of its own.
"""

from __future__ import annotations

import functools
import gc
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from skbayes._journal.content.hasher_protocol import HasherProtocol
from skbayes._journal.content.leaves import leaf, text
from skbayes._journal.content.own_state import state_without_own_writes
from skbayes._journal.content.ownership import (
    defining_module,
    file_of,
    is_compiled,
    is_importable,
    naming_module,
)

_BUILTINS = (
    types.BuiltinFunctionType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    np.ufunc,
)
#: Types of functions that Cython makes; each extension has its own.
_OF_CYTHON = {"cython_function_or_method", "fused_cython_function"}
#: Attributes in which properties, class methods, partial methods, and the accessors and
#: namespaces that users add to data frames hold their code.
_HELD_BY_DESCRIPTORS = ("fget", "__func__", "func", "_accessor", "_ns")
#: Wrappers around a function that are looked through.
_MOST_WRAPPERS = 20

Read = Callable[[HasherProtocol, Any], bytes]


def is_own(hasher: HasherProtocol, value: Any) -> bool:
    """Whether a class or function, or the one it wraps, is the user's own."""
    modules = {defining_module(value), naming_module(value) or defining_module(value)}
    return any(map(hasher.ownership.is_own, modules))


def _is_open(hasher: HasherProtocol, value: Any) -> bool:
    """Whether the code of a class or function is read, instead of its name.

    It is if it is the user's, or if a library created it at run time so that its name
    does not find it: then the variables it closes over count.
    """
    if is_own(hasher, value):
        return True
    is_of_python = isinstance(value, types.FunctionType) or any(
        isinstance(item, types.FunctionType) for item in vars(value).values()
    )
    return is_of_python and not is_importable(value)


def _class(hasher: HasherProtocol, value: type) -> bytes:
    if _is_open(hasher, value):
        return hasher.open_end("class", value)
    hasher.note_package(value)
    patches = patches_of(hasher, value)
    tag = f"class {full_name(value)}"
    return hasher.node(tag, patches) if patches else text(tag)


def patches_of(hasher: HasherProtocol, kind: type) -> dict[str, Any]:
    """Code of the user's that was put into an installed class, read once a class."""
    if kind not in hasher.patches:
        hasher.patches[kind] = {
            f"{base.__qualname__}.{name}": item
            for base in kind.__mro__
            for name, item in vars(base).items()
            if _is_patch(hasher, item)
        }
    return hasher.patches[kind]


def _is_patch(hasher: HasherProtocol, item: Any) -> bool:
    """Whether a class attribute is, or holds, a function or class of the user's.

    Not those of no module: attrs writes such methods for its own classes at run time.
    """
    inner: list[Any] = [item] if isinstance(item, types.FunctionType) else []
    if not inner and hasattr(type(item), "__get__") and not isinstance(item, type):
        inner = [_attribute(item, name) for name in _HELD_BY_DESCRIPTORS]
    modules = {
        defining_module(one)
        for one in inner
        if isinstance(one, types.FunctionType | type)
    }
    return any(map(hasher.ownership.is_own, modules - {""}))


def _function(hasher: HasherProtocol, value: types.FunctionType) -> bytes:
    if _is_open(hasher, value):
        return hasher.open_end("function", value)
    return _named(hasher, value)


def _single_dispatch(hasher: HasherProtocol, value: Any) -> bytes:
    """Read the functions of `functools.singledispatch`, and not its cache."""
    functions = frozenset(value.registry.items())
    return hasher.node("single dispatch", functions, value.__wrapped__)


def _named(hasher: HasherProtocol, value: Any) -> bytes:
    hasher.note_package(value)
    return text("function", full_name(value))


def _method(hasher: HasherProtocol, value: types.MethodType) -> bytes:
    hasher.note_called(value.__self__, value.__name__)
    return hasher.node("method", value.__func__, value.__self__)


def _partial(hasher: HasherProtocol, value: functools.partial[Any]) -> bytes:
    parts = value.func, value.args, value.keywords
    return hasher.node("partial", *parts, type(value), vars(value))


def _property(hasher: HasherProtocol, value: property) -> bytes:
    return hasher.node("property", value.fget, value.fset, value.fdel)


def _cached_property(
    hasher: HasherProtocol, value: functools.cached_property[Any]
) -> bytes:
    return hasher.node("cached property", value.func)


def _bound_to_class(hasher: HasherProtocol, value: Any) -> bytes:
    return hasher.node(type(value).__name__, value.__func__)


def _wrapper(hasher: HasherProtocol, value: Any) -> bytes:
    """Read a wrapper: of numba, `functools.cache`, jax, or the user's class.

    What a wrapper of the user's notes while it is called, such as a counter, does not
    count. An installed wrapper counts with the user's own functions among its
    attributes; the others are caches.
    """
    inner = getattr(value, "py_func", None) or value.__wrapped__
    if is_own(hasher, type(value)):
        attributes = dict(getattr(value, "__dict__", {}))
        attributes.pop("__wrapped__", None)
        attributes = state_without_own_writes(type(value), attributes)
    else:
        attributes = own_functions(hasher, value)
    options = getattr(value, "targetoptions", None)
    return hasher.node("wrapper", type(value), inner, attributes, options)


def own_functions(hasher: HasherProtocol, value: Any) -> dict[str, Any]:
    """Attributes of an installed object that lead to functions of the user's own.

    Such as the condition of scikit-learn's `available_if`, or the functions that
    `toolz.compose` calls one after the other.
    """
    slots = [vars(base).get("__slots__", ()) for base in type(value).__mro__]
    listed = [name for names in slots if not isinstance(names, str) for name in names]
    names = dict.fromkeys([*getattr(value, "__dict__", {}), *listed])
    names.pop("__wrapped__", None)
    found: dict[str, Any] = {}
    for name in names:
        item = _attribute(value, name)
        if type(item) in (list, tuple):
            item = [part for part in item if _leads_to_own(hasher, part)]
        if item if isinstance(item, list) else _leads_to_own(hasher, item):
            found[name] = item
    return found


def hidden_functions(value: Any) -> list[Any]:
    """Functions in an object of C, such as the key of `functools.cmp_to_key`.

    Not in one with attributes, which are read where they count. A generator has its
    code, but lets go of its variables at its end.
    """
    if isinstance(value, types.GeneratorType):
        return [value.gi_code]
    if hasattr(value, "__dict__"):
        return []
    kinds = (types.FunctionType, types.MethodType, functools.partial)
    return [item for item in gc.get_referents(value) if isinstance(item, kinds)]


def _leads_to_own(hasher: HasherProtocol, value: Any) -> bool:
    """Whether a value is a function of the user's, or wraps one."""
    for _ in range(_MOST_WRAPPERS):
        if isinstance(value, types.FunctionType):
            return is_own(hasher, value)
        if isinstance(value, functools.partial):
            value = value.func
        elif isinstance(value, types.MethodType):
            value = value.__func__
        else:
            value = _attribute(value, "__wrapped__")
    return False


def _vectorized(hasher: HasherProtocol, value: Any) -> bytes:
    parts = value.pyfunc, value.otypes, value.excluded, value.signature
    return hasher.node("vectorized", *parts)


def _is_of_frompyfunc(hasher: HasherProtocol, value: Any) -> bool:
    return isinstance(value, np.ufunc) and value.__name__.endswith("(vectorized)")


def _of_frompyfunc(hasher: HasherProtocol, value: Any) -> bytes:
    """Read a ufunc of `numpy.frompyfunc`, which has no attribute for its function."""
    inner = [item for item in gc.get_referents(value) if callable(item)]
    if not inner:
        return hasher.unreadable(value, "numpy.frompyfunc hides its function")
    return hasher.node("frompyfunc", inner, value.nargs, value.nout, value.identity)


def _builtin(hasher: HasherProtocol, value: Any) -> bytes:
    """Read a compiled function: name, owner, and the file if it is the user's."""
    owner = getattr(value, "__self__", None)
    module = getattr(value, "__module__", None)
    if isinstance(owner, types.ModuleType):
        module, owner = owner.__name__, None
    tag = f"builtin {module} {getattr(value, '__qualname__', value.__name__)}"
    defaults = getattr(value, "__defaults__", None)
    return hasher.node(tag, owner, defaults, compiled_file(hasher, module))


def compiled_file(hasher: HasherProtocol, module: str | None) -> bytes | None:
    """Hash of a module's file if it is the user's extension; None otherwise."""
    if module is None or not hasher.ownership.is_own(module):
        return None
    file: Path | None = file_of(module)
    if file is None or not is_compiled(file):
        return None
    return leaf("file", [file.read_bytes()])


def _module(hasher: HasherProtocol, value: types.ModuleType) -> bytes:
    if hasher.ownership.is_own(value.__name__):
        return hasher.open_end("module", value)
    return text("module", value.__name__)


def is_function(value: Any) -> bool:
    """Whether a value is a function, of Python or compiled, and so has a name."""
    is_compiled_one = type(value).__name__ in _OF_CYTHON
    return isinstance(value, (types.FunctionType, *_BUILTINS)) or is_compiled_one


def full_name(value: Any) -> str:
    """Module and qualified name of an installed class or function."""
    return f"{naming_module(value)}.{value.__qualname__}"


def _is(*kinds: type) -> Callable[[HasherProtocol, Any], bool]:
    return lambda hasher, value: isinstance(value, kinds)


#: All functions that `functools.singledispatch` returns have the same code.
_DISPATCH_CODE = functools.singledispatch(lambda value: value).__code__  # type: ignore[attr-defined]


def _is_single_dispatch(hasher: HasherProtocol, value: Any) -> bool:
    return getattr(value, "__code__", None) is _DISPATCH_CODE and is_own(
        hasher, value.__wrapped__
    )


def _is_named(hasher: HasherProtocol, value: Any) -> bool:
    """Whether an object that is no Python function can be imported by its name.

    numpy's functions are such objects; they wrap Python functions of the same name.
    """
    if isinstance(value, type) or not isinstance(
        _attribute(value, "__qualname__"), str
    ):
        return False
    module = naming_module(value)
    is_installed = bool(module) and not hasher.ownership.is_own(module)
    return is_installed and callable(value) and is_importable(value)


def _is_builtin(hasher: HasherProtocol, value: Any) -> bool:
    return is_function(value) and not isinstance(value, types.FunctionType)


def _is_wrapper(hasher: HasherProtocol, value: Any) -> bool:
    is_compiled_function = isinstance(_attribute(value, "py_func"), types.FunctionType)
    return is_compiled_function or callable(_attribute(value, "__wrapped__"))


def _attribute(value: Any, name: str) -> Any:
    """An attribute; None for objects with `__getattr__`, which may invent any."""
    if hasattr(type(value), "__getattr__"):
        return None
    try:
        return getattr(value, name, None)
    except Exception:
        # A property that fails is none of the attributes looked for.
        return None


#: Conditions and the functions that read their values; the first match is used. The
#: order matters: numpy's functions are named and wrappers too, and count by name.
CALLABLES: tuple[tuple[Callable[[HasherProtocol, Any], bool], Read], ...] = (
    (_is(type), _class),
    (_is(types.ModuleType), _module),
    (_is_single_dispatch, _single_dispatch),
    (_is(types.FunctionType), _function),
    (_is(types.MethodType), _method),
    (_is(functools.partial), _partial),
    (_is(property), _property),
    (_is(functools.cached_property), _cached_property),
    (_is(staticmethod, classmethod), _bound_to_class),
    (_is(np.vectorize), _vectorized),
    (_is_of_frompyfunc, _of_frompyfunc),
    (_is_builtin, _builtin),
    (_is_named, _named),
    (_is_wrapper, _wrapper),
)
