"""Are long texts cut to their limit, and short ones left alone?"""

from skbayes._short_text import cut, one_line, shorten


def test_shorten_removes_the_middle():
    """The beginning and the end remain."""
    assert shorten("abcdefghij", 5) == "ab…ij"
    assert len(shorten("x" * 99, 20)) == 20
    assert shorten("abcde", 5) == "abcde"


def test_cut_removes_the_end():
    """The ellipsis counts as a part of the text."""
    assert cut("abcdefghij", 5) == "abcd…"
    assert cut("abcde", 5) == "abcde"


def test_one_line_joins_the_lines_of_a_repr():
    """Several blanks become one, too."""

    class Tall:
        def __repr__(self):
            return "Tall(\n    height=3)"

    assert one_line(Tall(), 30) == "Tall( height=3)"
    assert one_line(Tall(), 6) == "Tall(…"
