"""Are pieces of the report HTML whose texts cannot be anything but texts?"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser

import pytest

from skbayes.inspection._report.html_page import (
    card,
    code,
    escape,
    note,
    page,
    picture,
    section,
    table,
)

EVIL = "</title><script>alert('1')</script>\"&amp;"


class Tags(HTMLParser):
    """Notes the tags of some HTML, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note the tag."""
        self.tags.append(tag)

    def handle_data(self, data):
        """Note the text."""
        self.text += data


@pytest.mark.parametrize(
    "make",
    [
        escape,
        code,
        note,
        lambda text: section(text),
        lambda text: card(text, text, text),
        lambda text: table([text], [[text]]),
    ],
)
def test_pieces_of_a_page_show_texts_as_they_are(make):
    """No tag of a text becomes one of the page."""
    seen, plain = Tags(make(EVIL)), Tags(make("plain"))
    assert seen.tags == plain.tags
    assert EVIL in seen.text


def test_escape_takes_any_value():
    """Numbers and None are shown as their text."""
    assert escape(None) == "None"
    assert escape(0.5) == "0.5"


def test_page_allows_its_own_script_only():
    """The policy names the script by its hash; nothing is loaded from anywhere."""
    text = page(EVIL, [section("one"), section("two")])
    assert "<title>&lt;/title&gt;" in text
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[
        1
    ]
    assert policy.startswith("default-src 'none';")
    assert f"script-src 'sha256-{digest}'" in policy
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert text.index("<h2>one") < text.index("<h2>two")


def test_section_leaves_out_what_is_empty():
    """The content of a section is HTML."""
    assert section("a", "", "<p>b</p>", "") == (
        "<section>\n<h2>a</h2>\n<p>b</p>\n</section>"
    )


def test_table_has_a_cell_for_each_text():
    """The cells are in rows; a table without rows still has a head."""
    found = table(["a", "b"], [["1", "2"], ["3", "4"]])
    assert re.findall(r"<td>(.*?)</td>", found) == ["1", "2", "3", "4"]
    assert found.count("<tr>") == 3
    assert "<tbody></tbody>" in table(["a"], [])


def test_picture_holds_the_whole_drawing():
    """The drawing is an image with a description."""
    svg = "<svg>\N{SNOWMAN}</svg>".encode()
    found = picture(svg, "a < b", 'say "x"')
    data = re.search(r"base64,([^\"]*)", found)[1]
    assert base64.b64decode(data) == svg
    assert html.unescape(re.search(r'alt="([^"]*)"', found)[1]) == 'say "x"'
    assert "<figcaption>a &lt; b</figcaption>" in found
