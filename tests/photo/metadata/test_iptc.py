"""The records of IPTC: read as far as they go, and renewed."""

import pytest

from tintype.photo.metadata import photoshop
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.iptc import records, renewed, unwrap


def record(number, content, kind=2, size=None):
    size = len(content).to_bytes(2, "big") if size is None else size
    return bytes([0x1C, kind, number]) + size + content


CAPTION = record(120, b"Vor dem Haus")


def test_records_are_read_until_they_are_damaged():
    long = record(25, b"x" * 40_000, size=b"\x80\x04" + (40_000).to_bytes(4, "big"))
    assert list(records(CAPTION + long)) == [(2, 120, b"Vor dem Haus"), (2, 25, b"x" * 40_000)]
    assert list(records(CAPTION + long[:-1])) == [(2, 120, b"Vor dem Haus")]
    assert list(records(CAPTION + b"\x1c\x02\x19\xff\xff" + bytes(99))) == [(2, 120, b"Vor dem Haus")]
    assert list(records(b"nothing")) == []


def test_they_are_found_bare_and_in_photoshops_resources():
    assert unwrap(CAPTION) == unwrap(photoshop.with_iptc(None, CAPTION)) == CAPTION
    assert unwrap(b"") is unwrap(None) is unwrap(photoshop.build([])) is None


@pytest.mark.parametrize(("size", "shape"), [((60, 40), b"L"), ((40, 60), b"P"), ((50, 50), b"S")])
def test_kind_and_shape_of_the_picture_are_those_of_the_result(size, shape):
    before = CAPTION + record(130, b"1W") + record(131, b"P") + record(10, b"preview", kind=8)
    after = list(records(renewed(before, Facts(*size))))
    assert after[:3] == [(2, 120, b"Vor dem Haus"), (2, 130, b"3F"), (2, 131, shape)]


def test_records_that_say_nothing_of_pixels_stay_to_the_byte():
    strange = CAPTION + b"what others left"
    assert renewed(strange, Facts(1, 1)) == strange and renewed(None, Facts(1, 1)) is None
