"""The studio's messages as the page reads them (static/js/message.js): values, and the cases of plurals."""

import json
import re
from functools import cache
from pathlib import Path

import tintype.studio.app

STATIC = tintype.studio.app.STATIC
TEXTS = STATIC / "texts"
SITE = Path(__file__).resolve().parents[2] / "site"
LANGUAGES = sorted(file.stem for file in TEXTS.glob("*.json"))

# Which forms of a number each language tells apart (Unicode CLDR, cardinal plurals). "many" of the Romance
# languages is for round millions alone, and falls back to "other".
PLURALS = {
    "en": {"one", "other"}, "de": {"one", "other"}, "fr": {"one", "other"}, "es": {"one", "other"},
    "it": {"one", "other"}, "pt": {"one", "other"}, "pl": {"one", "few", "many", "other"},
    "uk": {"one", "few", "many", "other"}, "ru": {"one", "few", "many", "other"}, "zh": {"other"},
    "ja": {"other"}, "ko": {"other"}, "ar": {"zero", "one", "two", "few", "many", "other"},
}  # fmt: skip


@cache
def words(language):
    """All texts of a language by key; of a list, the place is the key's end."""
    found = {}

    def walk(node, key):
        if isinstance(node, str):
            found[key] = node
        else:
            for name, below in node.items() if isinstance(node, dict) else enumerate(node):
                walk(below, f"{key}.{name}" if key else str(name))

    walk(json.loads((TEXTS / f"{language}.json").read_text(encoding="utf-8"), object_pairs_hook=unique), "")
    if (own := SITE / "texts.json").is_file():  # what the page without a server says beside
        walk(json.loads(own.read_text(encoding="utf-8"), object_pairs_hook=unique).get(language, {}), "site")
    return found


def unique(pairs):
    """An object of JSON, whose names must differ."""
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"said twice: {sorted({n for n in names if names.count(n) > 1})}"
    return dict(pairs)


def arguments(text):
    """The values in a message, as (name, kind), and the cases of each plural, as {name: {case: text}}."""
    values, plurals = set(), {}
    for inner in _braces(text):
        name, kind, rest = ([part.strip() for part in inner.split(",", 2)] + ["", ""])[:3]
        assert re.fullmatch(r"\w+", name), text
        values.add((name, kind))
        if kind == "plural":
            starts = re.split(r"\{", rest, maxsplit=1)[0]
            assert starts.strip(), text
            plurals[name] = _cases(rest)
            for case in plurals[name].values():
                values |= arguments(case)[0]
    return values, plurals


def _braces(text):
    depth, start = 0, 0
    for at, sign in enumerate(text):
        if sign == "{":
            depth += 1
            start = at + 1 if depth == 1 else start
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield text[start:at]
    assert depth == 0, f"a brace is left open: {text}"


def _cases(text):
    found, rest = {}, text
    for inner in _braces(text):
        name, _, rest = rest.partition("{" + inner + "}")
        found[name.strip()] = inner
    return found


def keys_used():
    """The keys that pages name, and the beginnings of those that are put together."""
    whole, begun = set(), set()
    for file in pages():
        source = file.read_text(encoding="utf-8")
        whole |= set(re.findall(r'data-t(?:-label|-title)?="([\w.]+)"', source))
        whole |= set(re.findall(r'(?<![\w.])(?:t|maybe)\(\s*"([\w.]+)"', source))
        # A choice between keys, as t(added ? "folder.added" : "folder.add"), and tables of them.
        whole |= {k for k in re.findall(r'"([a-z]\w*(?:\.\w+)+)"', source) if k.split(".")[0] in _rooms()}
        begun |= set(re.findall(r"(?<![\w.])(?:t|maybe|translated)\(\s*`([\w.]+\.)\$\{", source))
    return whole, tuple(begun)


def _rooms():
    return {key.split(".")[0] for key in words("en")}


def pages():
    """HTML and scripts of everything that speaks with these texts."""
    folders = [STATIC, *([SITE] if SITE.is_dir() else [])]
    found = (f for folder in folders for kind in ("html", "js") for f in folder.rglob(f"*.{kind}"))
    return sorted(f for f in found if not {"vendor", "node_modules", "build", "dist"} & set(f.parts))
