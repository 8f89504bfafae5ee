"""Metrics, as Prometheus reads them."""

import urllib.request

import pytest

from tintype import SettingsError
from tintype.archive.loop import Step
from tintype.archive.metrics import served
from tintype.archive.report import Line
from tintype.archive.tally import Tally
from tintype.archive.task import Outcome


def test_numbers_are_those_of_the_moment():
    tally = Tally()
    with served(tally, "0") as port:

        def read():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
                lines = answer.read().decode().splitlines()
            return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))

        assert read()["tintype_listed"] == "0.0"
        tally.add(Step(3, 9, Line("a", Outcome("coloured", seconds=2.0))))
        tally.add(Step(4, 9, Line("b", Outcome("failed", cause="Damaged"))))
        said = read()
        assert said['tintype_photographs_total{status="coloured"}'] == "1.0"
        assert said['tintype_failures_total{cause="Damaged"}'] == "1.0"
        assert (said["tintype_listed"], said["tintype_done"]) == ("9.0", "4.0")
        assert said["tintype_work_seconds_total"] == "2.0"
        with pytest.raises(SettingsError, match="can't listen"), served(tally, f"{port}"):
            pass
    for port in ("no port", "99999", "localhost:", "localhost"):
        with pytest.raises(SettingsError, match="is no port"), served(tally, port):
            pass
