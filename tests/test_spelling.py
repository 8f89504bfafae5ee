"""Identifiers are American, as docs/conventions.md says; text for people is not looked at."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "tintype"
BRITISH = re.compile(
    r"colour|centre|labell(ed|ing)|licence|neighbour|honour|favour|flavour|behaviour|catalogue|(normal|recogn|optim|initial|"
    r"organ|serial|minim|maxim|summar|random|quant|sanit|visual|synchron|color)is(e|ed|er|ing)(?![a-z])",
    re.IGNORECASE,
)
OTHERS = {"colourspace"}  # libvips' name for it
COMMENTS_AND_TEXTS = re.compile(
    r"""/\*.*?\*/|(?<!:)//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`""", re.DOTALL
)
WORD = re.compile(r"[A-Za-z_$][\w$]*")


def in_python(text: str) -> set[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {t.string for t in tokens if t.type == tokenize.NAME}


def in_javascript(text: str) -> set[str]:
    return set(WORD.findall(COMMENTS_AND_TEXTS.sub(" ", text)))


def british(words: set[str]) -> set[str]:
    return {word for word in words - OTHERS if BRITISH.search(word)}


def test_the_rule_finds_what_it_is_for() -> None:
    assert british(in_python("keep_colours = centre  # colours\nx = 'colour'\n")) == {
        "keep_colours",
        "centre",
    }
    assert british(in_javascript('let colours = t("colour"); // centre\n')) == {"colours"}
    assert not british({"colourspace", "random", "raised", "normalize", "precise", "promise", "revised"})


@pytest.mark.parametrize("suffix", [".py", ".js"])
def test_identifiers_are_american(suffix: str) -> None:
    words = in_python if suffix == ".py" else in_javascript
    files = sorted(SOURCE.rglob(f"*{suffix}"))
    assert len(files) > 20
    found = {str(f.relative_to(SOURCE)): british(words(f.read_text(encoding="utf-8"))) for f in files}
    assert not {name: names for name, names in found.items() if names}
    assert not [f.name for f in files if BRITISH.search(f.name)]
