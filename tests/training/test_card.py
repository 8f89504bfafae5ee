"""The card of a run: what energy it took, and what became of terms."""

import pytest

from tintype.training.card import ASK, _choice, _energy


def test_energy_is_the_limit_times_the_hours():
    assert _energy(0.5, {"watts": 700.0, "processes": 2}).startswith("at most 0.700 kWh")
    assert "700 W" in _energy(0.5, {"watts": 700.0})


def test_energy_is_asked_for_where_no_limit_is_known():
    assert ASK in _energy(0.5, {"device": "cpu"})


def group(commercial):
    return {"photos": 3, "source": "somebody", "terms": "words", "commercial": commercial}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (
            {"commercial": True},
            "Only groups whose sources allow commercial use were taken. Left out: out (3).",
        ),
        ({"unless_forbidden": True}, "were left out: out (3). Of 1 groups the sources say nothing"),
        ({}, "Nothing was left out for its terms. The sources of no forbid commercial use"),
    ],
)
def test_a_card_says_which_groups_their_terms_kept_out(how, said):
    groups = {"yes": group(True), "silent": group(None), "no": group(False)}
    assert said in _choice({"groups": groups, "left_out": {"out": group(False)}, **how})


def test_the_card_of_a_set_made_before_terms_were_kept_says_that_none_counted():
    assert _choice({}) == "Nothing was left out for its terms."
