"""The results as Markdown: signs, what is unknown, and cells that don't break the table."""

import math

from tintype.evaluation.results import Result
from tintype.evaluation.table import grid, number


def result(**means):
    return Result("net", "default", None, means, {}, ())


def test_numbers_have_their_digits_and_only_differences_a_sign():
    assert number(result(psnr=23.456), "psnr", 2) == "23.46"
    assert number(result(dpsnr=1.25), "dpsnr", 1) == "+1.2"
    assert number(result(dpsnr=-1.75), "dpsnr", 1) == "−1.8"


def test_what_is_not_known_is_a_dash():
    for value in (math.nan, math.inf):
        assert number(result(psnr=value), "psnr", 2) == "–"
    assert number(result(), "psnr", 2) == "–"


def test_the_whole_set_goes_before_the_mean():
    one = Result("net", "default", None, {"cf": 1.0}, {"cf": 2.0}, ())
    assert number(one, "cf", 0) == "2"


def test_a_name_with_a_bar_stays_one_cell():
    assert grid(["network", "dB"], [["a|b", "1"]]) == ["| network | dB |", "|---|--:|", "| a\\|b | 1 |"]
