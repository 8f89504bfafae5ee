"""The report for the browser: worst first, nothing of anybody's replaced, names as they are."""

import numpy as np
import pytest

from tintype.errors import NotReplaceable, TargetExists
from tintype.evaluation.report import Album, check, page, picture, worst
from tintype.evaluation.results import Cost, Evaluation, Result, Row

NAMES = ("a <b>.png", "deep/b.png", "c.png")


def found():
    def result(model, setting, vividness, errors):
        rows = tuple(
            Row(n, {"ab_rmse": e, "dpsnr": -1.5, "cf": 3.0}) for n, e in zip(NAMES, errors, strict=True)
        )
        return Result(model, setting, vividness, {"dpsnr": -1.5, "ab_rmse": 2.0}, {}, rows, ("a note",))

    results = (result("grey", "baseline", None, (9, 1, 1)), result("net", "default", 0.5, (1, 3, 2)))
    return Evaluation(
        "the <box>", 3, {"bad.png": "it is grey"}, 0, {"cf": 30.0}, results, {"net": {0: 20.0, 5: 21.5}}, 2,
        {"net": Cost(12.4, 3.0, None, 1)}, {}, 0,
    )  # fmt: skip


def test_the_worst_of_the_first_network_come_first():
    assert worst(found()) == ["deep/b.png", "c.png", "a <b>.png"]


def test_the_page_says_everything_and_escapes_it():
    text = page(found(), list(NAMES))
    for said in ("the &lt;box&gt;", "full size", "a &lt;b&gt;.png", "bad.png: it is grey", "a note",
                 "net, vividness 0.5", "−1.5 dB",
                 "against random hints", "<td>21.50</td>", "<td>–</td>"):  # fmt: skip
        assert said in text, said
    assert "<b>.png" not in text and "<!--table-->" not in text and "@title@" not in text
    assert text.count("<figure>") == 3 * 3


def test_pictures_that_are_not_shown_are_not_kept(tmp_path):
    pixels = np.full((4, 5, 3), 90, np.uint8)
    with Album(tmp_path / "report", count=1) as album:
        for name in NAMES:
            for column in ("truth", "grey|baseline", "net|default"):
                album.keep(name, column, pixels)
        album.finish(found())
    shown = {f"photos/{p.name}" for p in (tmp_path / "report/photos").iterdir()}
    assert shown == {picture("deep/b.png", c) for c in ("truth", "grey|baseline", "net|default")}
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_a_report_is_replaced_where_that_is_said_and_nothing_else_is(tmp_path):
    check(tmp_path / "new", force=False)
    for _ in range(2):
        with Album(tmp_path / "report") as album:
            album.finish(found(), replace=True)
    with pytest.raises(TargetExists, match="--force"):
        check(tmp_path / "report", force=False)
    (tmp_path / "letters").mkdir()
    check(tmp_path / "letters", force=False)
    (tmp_path / "letters" / "a.txt").touch()
    with pytest.raises(NotReplaceable, match="no report"):
        check(tmp_path / "letters", force=True)


def test_what_ends_early_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError), Album(tmp_path / "report"):
        1 / 0  # noqa: B018
    assert not list(tmp_path.iterdir())
