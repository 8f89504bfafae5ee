"""Results as values and as JSON."""

import json
import math

from tintype.evaluation.results import Cost, Evaluation, Result, Row


def evaluation(**changes):
    rows = (Row("a.png", {"psnr": 23.456789, "auc": math.nan}),)
    one = Result("net", "default", 0.5, {"psnr": 23.456789}, {"frechet_color": math.inf}, rows)
    values = {
        "data": "photos", "photos": 1, "failed": {"ß.jpg": "grey"}, "short": 64, "truth": {"cf": 30.0},
        "results": (one,), "hints": {"net": {0: 20.0, 50: 24.0}}, "hint_photos": 1,
        "costs": {"net": Cost(12.0, 3.0, None, 1)}, "settings": {}, "seed": 0,
    }  # fmt: skip
    return Evaluation(**(values | changes))


def test_json_says_what_it_is_and_has_no_numbers_that_json_lacks():
    text = evaluation().to_json()
    values = json.loads(text, parse_constant=lambda word: 1 / 0)
    assert next(iter(values)) == "tintype_evaluation"
    assert values["results"][0]["rows"][0]["numbers"] == {"psnr": 23.45679, "auc": None}
    assert values["results"][0]["whole"] == {"frechet_color": None}
    assert values["hints"] == {"net": {"0": 20.0, "50": 24.0}}
    assert values["costs"]["net"]["peak_mb"] is None
    assert "ß.jpg" in text


def test_a_label_says_the_vividness_where_there_is_one():
    assert evaluation().results[0].label == "net, vividness 0.5"
    assert Result("grey", "baseline", None, {}, {}, ()).label == "grey"
