"""Photoshop's resources: taken apart, renewed, put together."""

import hashlib
import struct

from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.photoshop import Resource, build, content, parse, parted, renewed, with_iptc

RECORDS = b"\x1c\x02\x78\0\4Anna"
PATH, RESOLUTION, DIGEST, OTHER = 2000, 1005, 1061, 1034


def one(number, data, name=b""):
    return Resource(b"8BIM", number, name, data)


def test_what_is_built_is_parsed_whatever_is_odd():
    made = [one(OTHER, b"odd"), one(PATH, b"even", b"Outline"), Resource(b"MeSa", 9, b"ab", b"")]
    assert parse(build(made)) == made
    assert parse(b"Photoshop 3.0\0" + build(made)) == made
    assert content(build(made), PATH) == b"even" and content(None, PATH) is None


def test_of_a_block_cut_short_the_whole_resources_remain():
    block = build([one(OTHER, b"first"), one(PATH, b"second")])
    assert [parse(block[:n]) for n in range(18)] == [[]] * 17 + [[one(OTHER, b"first")]]
    assert parse(block[:-3]) == [one(OTHER, b"first")]


def test_iptc_records_are_parted_from_the_rest_and_joined_again():
    rest = build([one(OTHER, b"x")])
    assert parted(with_iptc(rest, RECORDS)) == (RECORDS, rest)
    assert parted(with_iptc(None, RECORDS)) == (RECORDS, None)
    assert with_iptc(None, None) is None


def test_what_is_true_of_the_result_is_kept_and_what_is_not_is_left_or_said():
    digest = hashlib.md5(RECORDS).digest()
    block = build(
        [one(DIGEST, digest), one(PATH, b"outline"), one(RESOLUTION, bytes(16)), one(1036, b"small")]
    )
    new, notes = renewed(block, Facts(60, 40, dpi=(300, 150)), (RECORDS, b"new"))
    assert [r.number for r in parse(new)] == [DIGEST, PATH, RESOLUTION] and notes == ()
    assert content(new, DIGEST) == hashlib.md5(b"new").digest()
    assert struct.unpack(">IHHIHH", content(new, RESOLUTION)) == (300 << 16, 1, 1, 150 << 16, 1, 1)
    new, notes = renewed(block, Facts(40, 60, orientation=6), (b"other", b"new"))
    assert new is None and notes == ("its clipping paths are left out: the photograph was turned",)
