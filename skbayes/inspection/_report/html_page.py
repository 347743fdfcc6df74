"""Pieces of a self-contained HTML page: no network, no foreign script."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any


def escape(value: Any) -> str:
    """Escape a value as text of the page."""
    return html.escape(str(value), quote=True)


def page(title: str, sections: Iterable[str]) -> str:
    """Combine sections into a page.

    Parameters
    ----------
    title : str
        Title as plain text.
    sections : iterable of str
        Sections as HTML; texts in them are escaped already.

    Returns
    -------
    str
        A document whose policy allows its own script and no other source.
    """
    style = (
        files("skbayes.inspection._report").joinpath("report.css").read_text("utf-8")
    )
    script = (
        files("skbayes.inspection._report").joinpath("report.js").read_text("utf-8")
    )
    # The policy names the script by its hash: names of parameters and tracebacks come
    # from the user's data, and could not run a script even if an escape were missing.
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
    """Make a section with a heading."""
    inside = "\n".join(part for part in content if part)
    return f"<section>\n<h2>{escape(heading)}</h2>\n{inside}\n</section>"


def card(name: str, value: str, note: str = "") -> str:
    """Make a card that shows one number."""
    return (
        f'<div class="card"><div class="name">{escape(name)}</div>'
        f'<div class="value">{escape(value)}</div>'
        f'<div class="note">{escape(note)}</div></div>'
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Make a table of plain texts."""
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
    """Make a block of code."""
    return f"<pre><code>{escape(text)}</code></pre>"


def note(text: str) -> str:
    """Make a box with a remark."""
    return f'<p class="note-box">{escape(text)}</p>'


def picture(svg: bytes, caption: str, description: str) -> str:
    """Embed a drawing as an image, so that its ids cannot clash with the page's."""
    data = base64.b64encode(svg).decode()
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>"
        f'<img class="plot" alt="{escape(description)}" '
        f'src="data:image/svg+xml;base64,{data}"></figure>'
    )
