"""Formulas as MathML, which browsers draw themselves: no script, no network."""

from __future__ import annotations

from docutils.utils.math.latex2mathml import tex2mathml


def _inline(self, node):
    """Write a formula that stands in a sentence."""
    self.body.append(tex2mathml(node.astext(), as_block=False))
    raise _skip()


def _block(self, node):
    """Write a formula that stands alone; a wide one scrolls by itself."""
    formula = tex2mathml(node.astext(), as_block=True)
    self.body.append(f'<div class="math-block">{formula}</div>')
    raise _skip()


def _skip():
    from docutils.nodes import SkipNode

    return SkipNode()


def setup(app):
    """Register the renderer with Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.config.html_math_renderer = "mathml"
    return {"parallel_read_safe": True, "parallel_write_safe": True}
