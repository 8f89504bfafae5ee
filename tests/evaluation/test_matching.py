"""The vividness at which colourfulness is that of the truth."""

from tintype.evaluation.matching import crossing


def test_crossing_keeps_to_the_slider():
    curve = {0.0: 10.0, 0.5: 20.0, 1.0: 40.0}
    assert crossing(curve, 15) == 0.25
    assert crossing(curve, 5) == 0
    assert crossing(curve, 50) == 1
