"""Is the README readable on the package index, where relative links lead nowhere?"""

from __future__ import annotations

import re
import tomllib

from tests.source_files import ROOT

RELATIVE_LINK = re.compile(r"\]\((?!https?:)")


def readme_of_the_index():
    """The README after the substitutions that the build makes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    hook = project["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]
    (fragment,) = hook["fragments"]
    text = (ROOT / fragment["path"]).read_text(encoding="utf-8")
    for change in hook["substitutions"]:
        text = re.sub(change["pattern"], change["replacement"], text)
    return text


def test_readme_of_the_index_has_no_relative_links():
    """Their words stay; pictures go."""
    written = (ROOT / "README.md").read_text(encoding="utf-8")
    assert RELATIVE_LINK.search(written)
    text = readme_of_the_index()
    assert not RELATIVE_LINK.search(text)
    assert "![" not in text
    for words in re.findall(r"(?<!!)\[([^\]]+)\]\((?!https?:)", written):
        assert words in text


def test_readme_of_the_index_keeps_the_code():
    """Brackets followed by parentheses in code are no links."""
    block = re.compile(r"^```python\n.*?^```$", re.M | re.S)
    written = (ROOT / "README.md").read_text(encoding="utf-8")
    assert block.findall(readme_of_the_index()) == block.findall(written)
