"""What the studio's page says: complete in every language, and nowhere else than in its files."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import tintype
from studio.page_texts import LANGUAGES, PLURALS, SITE, STATIC, arguments, keys_used, pages, words
from tintype.photo.metadata.survey import _SAID
from tintype.studio import problems
from tintype.studio.setting_fields import described
from tintype.studio.survey import _TONES

OTHERS = [language for language in LANGUAGES if language != "en"]
ENGLISH = words("en")


def test_the_menu_names_the_files_that_there_are():
    index = (STATIC / "texts" / "index.js").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^  (\w+): \{ name:", index, re.M)) == LANGUAGES


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_everything_and_nothing_more(language):
    assert sorted(ENGLISH.keys() - words(language).keys()) == []
    assert sorted(words(language).keys() - ENGLISH.keys()) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_tells_the_same_values(language):
    wrong = {
        key: text
        for key, text in words(language).items()
        if key in ENGLISH and arguments(text)[0] != arguments(ENGLISH[key])[0]
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_the_forms_of_their_language(language):
    wrong = [
        key
        for key, text in words(language).items()
        for cases in arguments(text)[1].values()
        if {c for c in cases if not c.startswith("=")} != PLURALS[language]
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_or_padded(language):
    assert [key for key, text in words(language).items() if not text or text != text.strip()] == []


def test_a_parser_that_sees_nothing_would_be_noticed():
    values, plurals = arguments(
        "{n, plural, =0 {none of {name}} one {# photo} other {# photos}} · {when, date}"
    )
    assert values == {("n", "plural"), ("name", ""), ("when", "date")}
    assert plurals == {"n": {"=0": "none of {name}", "one": "# photo", "other": "# photos"}}


def test_every_key_that_is_used_is_there_and_every_one_there_is_used():
    whole, begun = keys_used()
    tops = {key.rpartition(".")[0] if key.rpartition(".")[2].isdigit() else key for key in ENGLISH}
    known = tops | {key.rpartition(".")[0] for key in tops}
    assert sorted(whole - known) == []
    unused = [
        key
        for key in ENGLISH
        if not key.startswith(begun) and not any(key == u or key.startswith(f"{u}.") for u in whole)
    ]
    assert unused == []


class _Said(HTMLParser):
    """Words of a page that no text file says."""

    def __init__(self):
        super().__init__()
        self.found, self.quiet = [], 0

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        # What comes before the script, as for validators, is replaced by the text of the same attribute.
        for name, key in (("aria-label", "data-t-label"), ("title", "data-t-title"), ("placeholder", None)):
            if re.search(r"[^\W\d]{2}", given.get(name) or "") and key not in given:
                self.found.append(f"{name}={given[name]!r}")
        self.quiet += tag in ("script", "style", "noscript", "title")

    def handle_endtag(self, tag):
        self.quiet -= tag in ("script", "style", "noscript", "title")

    def handle_data(self, data):
        if not self.quiet and re.search(r"[^\W\d]{2}", data) and data.strip() != "Tintype":
            self.found.append(data.strip())


def test_no_text_is_left_in_html():
    for page in pages():
        if page.suffix == ".html":
            said = _Said()
            said.feed(page.read_text(encoding="utf-8"))
            assert said.found == [], page.name


# Two words and more between quotes, and no selector, class list, style or developer's message.
_SENTENCE = re.compile(r"""["'`]([A-Z][^"'`<>{}]*[^\W\d]{2}[ ,][^"'`<>{}]*)["'`]""")
_SHOWN = re.compile(
    r"""(?:textContent|title|alt|placeholder|"aria-label"|ariaLabel)\s*[:=]\s*["'`]([^"'`$]*[^\W\d]{2}[^"'`$]*)["'`]"""
)


def test_no_text_is_left_in_code():
    found = []
    for file in pages():
        # The page without a server has a worker in its place, whose words are English as the server's,
        # and files that know the names of formats, and those they give their parts.
        beside = file in (SITE / "worker.js", SITE / "metadata.js", SITE / "kinds.js")
        if file.suffix != ".js" or file.parent.name == "texts" or beside:
            continue
        code = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", file.read_text(encoding="utf-8"), flags=re.S)
        code = re.sub(r"new (?:Syntax|Type|Range)?Error\([^\n]*", "", code)  # for whoever reads the console
        found += [f"{file.name}: {text}" for kind in (_SENTENCE, _SHOWN) for text in kind.findall(code)]
    assert found == []


def test_text_in_code_would_be_found():
    assert _SENTENCE.search('say("That did not work")')
    assert _SHOWN.search('node.title = "remove"')


def _codes():
    """What `Note` is called with in the source: its code and the names of its values."""
    source = Path(tintype.__file__).parent
    for file in source.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Note"
            if named:
                given = node.args[1]
                kinds = [given.body, given.orelse] if isinstance(given, ast.IfExp) else [given]
                yield [k.value for k in kinds if isinstance(k, ast.Constant)], {k.arg for k in node.keywords}


def test_every_remark_of_the_server_has_its_words_and_they_tell_what_it_tells():
    told = {code: values for codes, values in _codes() for code in codes}
    told |= {what.replace(" ", "_"): set() for what in _SAID}
    said = {key.removeprefix("notes."): text for key, text in ENGLISH.items() if key.startswith("notes.")}
    assert sorted(said) == sorted(told)
    assert {c: {name for name, _ in arguments(text)[0]} for c, text in said.items()} == {
        code: values - {None} for code, values in told.items()
    }


def _problems():
    """The codes of problems that the studio's server may name."""
    source = Path(tintype.studio.__file__).parent
    for file in source.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "ApiError":
                    yield from (n.value for n in ast.walk(node.args[1]) if isinstance(n, ast.Constant))
                if node.func.id == "Problem":
                    yield from (k.value.value for k in node.keywords
                                if k.arg == "code" and isinstance(k.value, ast.Constant))  # fmt: skip
    yield from (code for _, _, code in problems._STATUS)
    yield from problems._CODES.values()


_REQUESTS = {
    "bad_form", "bad_request", "client_gone", "frame_unknown", "header_missing", "invalid", "mask_unreadable",
    "method_not_allowed", "no_folder", "no_mask", "not_a_form",
    "not_found", "not_jpeg", "not_signed_in", "nothing_to_do",
    "region_too_large", "shot_unknown", "superseded", "wrong_host", "wrong_origin",
}  # fmt: skip
"""Problems with requests that the page never sends, or whose answers it doesn't wait for. Should it meet one
after all, it says in its language that the request was not taken."""


def test_every_problem_of_the_server_has_its_words():
    said = {key.removeprefix("errors.") for key in ENGLISH if key.startswith("errors.")}
    named = set(_problems())
    assert sorted(named - said - _REQUESTS) == []
    assert sorted(_REQUESTS - named) == []
    assert "request" in said
    assert len(named) > 40


# What the server says in English, as its models call it.
_SERVERS = r"\.(?:message|why|note|help|label|text)\b|[{,] *(?:message|why|note|help|label)(?: *[,}])"
_TRANSLATES = {
    "texts.js": "remarks and problems, by their codes",
    "notices.js": "errors, which have their words when they are made",
    "camera.js": "errors too",
    "controls.js": "settings, of which every one has words of its own",
    "stage.js": "what kind of grey it is: every kind has words",
    "folder.js": "by the code of what isn't read",
    "jobs.js": "a problem's words, put behind a name",
    "api.js": "errors, made here",
    "worker.js": "errors, for the console",
    "network.js": "errors, for the console",
}
"""Which scripts read such sentences, and what comes of them there."""


def test_no_sentence_of_the_server_is_shown_as_it_is():
    found = set()
    for file in pages():
        code = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", file.read_text(encoding="utf-8"), flags=re.S)
        code = re.sub(r'"[\w.]+"|\baction\.text\b|\bdataset\.text\b', "", code)
        if file.suffix == ".js" and file.parent.name != "texts" and re.search(_SERVERS, code):
            found.add(file.name)
    assert sorted(found ^ _TRANSLATES.keys()) == []


def test_settings_and_kinds_of_grey_that_the_server_names_have_words():
    for setting in described():
        name = setting["name"]
        assert f"settings.labels.{name}" in ENGLISH
        assert f"settings.helps.{name}" in ENGLISH
        if setting["type"] == "choice":
            for choice in filter(None, setting["choices"]):
                assert f"settings.choices.{name}.{choice}" in ENGLISH
    assert {f"tones.{kind}" for kind in _TONES} == {k for k in ENGLISH if k.startswith("tones.")}
