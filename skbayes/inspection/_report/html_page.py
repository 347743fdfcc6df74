"""Pieces of a page that stands alone: no network, no script but its own."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any


def escape(value: Any) -> str:
    """A value as text of a page, whatever it contains."""
    return html.escape(str(value), quote=True)


def page(title: str, sections: Iterable[str]) -> str:
    """Put sections together to a page.

    Parameters
    ----------
    title : str
        Plain text.
    sections : iterable of str
        HTML, escaped.

    Returns
    -------
    str
        A document whose policy allows its own script and nothing from elsewhere.
    """
    style = files("skbayes.inspection").joinpath("report.css").read_text("utf-8")
    script = files("skbayes.inspection").joinpath("report.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(sections)
        + f"\n<script>{script}</script>\n</body>\n</html>\n"
    )


def section(heading: str, *content: str) -> str:
    """A part of the page; empty without content."""
    inside = "\n".join(part for part in content if part)
    return f"<section>\n<h2>{escape(heading)}</h2>\n{inside}\n</section>"


def card(name: str, value: str, note: str = "") -> str:
    """A number that matters."""
    return (
        f'<div class="card"><div class="name">{escape(name)}</div>'
        f'<div class="value">{escape(value)}</div>'
        f'<div class="note">{escape(note)}</div></div>'
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A small table of plain text."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def code(text: str) -> str:
    """Text as it is typed."""
    return f"<pre><code>{escape(text)}</code></pre>"


def note(text: str) -> str:
    """A remark set apart."""
    return f'<p class="note-box">{escape(text)}</p>'


def picture(svg: bytes, caption: str, description: str) -> str:
    """A drawing, as an image: its ids and texts cannot meet those of the page."""
    data = base64.b64encode(svg).decode()
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>"
        f'<img class="plot" alt="{escape(description)}" '
        f'src="data:image/svg+xml;base64,{data}"></figure>'
    )
