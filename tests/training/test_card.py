"""The card of a run: what energy it took, as far as anybody told."""

from tintype.training.card import ASK, _energy


def test_energy_is_the_limit_times_the_hours():
    assert _energy(0.5, {"watts": 700.0, "processes": 2}).startswith("at most 0.700 kWh")
    assert "700 W" in _energy(0.5, {"watts": 700.0})


def test_energy_is_asked_for_where_no_limit_is_known():
    assert ASK in _energy(0.5, {"device": "cpu"})
