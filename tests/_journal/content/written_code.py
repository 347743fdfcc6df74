"""Code that is made from text, and its digest."""

from __future__ import annotations

import textwrap
import types

from skbayes._journal.content.content_digest import content_digest


def made(source: str, **names):
    """Run a module's source; nothing else knows of the module."""
    module = types.ModuleType("made_for_a_test")
    vars(module).update(names)
    code = compile(textwrap.dedent(source), "made", "exec", dont_inherit=True)
    exec(code, vars(module))
    return module


def digest(source: str, name: str = "f", **names) -> bytes:
    """Digest of one of a module's names."""
    return content_digest(getattr(made(source, **names), name))


FUNCTION = """
    def f(x):
        return helper(x) + LIMIT
    def helper(x):
        return x * 2
    LIMIT = 3
"""

CLASS = """
    class Base:
        factor = 2
        def shared(self):
            return 1
    class f(Base):
        kind = "a"
        def fit(self, X):
            return self.shared() + other(X)
        @property
        def p(self):
            return 1
        @staticmethod
        def s():
            return 1
        @classmethod
        def c(cls):
            return 1
        def __len__(self):
            return 1
    def other(X):
        return X
"""

NESTED = """
    def f(x):
        class Inner:
            def g(self):
                return [y + 1 for y in x if y in {"a", "b"}]
        return (lambda: Inner().g())()
"""
