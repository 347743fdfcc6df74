"""The user's own modules as files: their code, and the modules they import.

A module is read as a file if code imports it in a function or passes it on. It is not
imported for that, because importing runs its code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import decode_source, resolve_name
from pathlib import Path

from skbayes._journal.content.bytecode import CodeFacts, facts_of
from skbayes._journal.content.ownership import Ownership, file_of

#: Name, level and names of an import statement.
Import = tuple[str, int, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class ModuleFile:
    """The file of a module.

    Parameters
    ----------
    name : str
        Name of the module.
    package : str
        The package that its relative imports start from.
    content : bytes
        Bytes of the file; empty without one.
    facts : CodeFacts or None
        Facts of its code; None if it is not Python.
    """

    name: str
    package: str
    content: bytes
    facts: CodeFacts | None


class ModuleFiles:
    """Reads files of modules, each once.

    Parameters
    ----------
    ownership : Ownership
        Tells which modules are the user's own.
    """

    def __init__(self, ownership: Ownership) -> None:
        self._ownership = ownership
        self._files: dict[str, ModuleFile] = {}

    def file(self, module: str) -> ModuleFile:
        """Read the file of a module."""
        if module not in self._files:
            self._files[module] = _read(module)
        return self._files[module]

    def imported(self, imports: Iterable[Import], package: str) -> Iterator[ModuleFile]:
        """Files of the user's own modules in import statements, sorted by name."""
        found: dict[str, ModuleFile] = {}
        for name, level, names in imports:
            try:
                base = resolve_name("." * level + name, package)
            except (ImportError, ValueError):
                continue
            # ``from package import name``: the name may be a module or not.
            for module in (base, *(f"{base}.{inner}" for inner in names)):
                if self._is_own_file(module):
                    found[module] = self.file(module)
        yield from (found[name] for name in sorted(found))

    def _is_own_file(self, module: str) -> bool:
        if not self._ownership.is_own(module):
            return False
        file = file_of(module)
        return file is not None and file.is_file()


def _read(module: str) -> ModuleFile:
    file = file_of(module)
    if file is None or not file.is_file():
        return ModuleFile(module, module, b"", None)
    content = file.read_bytes()
    package = module if file.stem == "__init__" else module.rpartition(".")[0]
    return ModuleFile(module, package, content, _facts(file, content))


def _facts(file: Path, content: bytes) -> CodeFacts | None:
    if file.suffix != ".py":
        return None
    try:
        code = compile(decode_source(content), str(file), "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    return facts_of(code)
