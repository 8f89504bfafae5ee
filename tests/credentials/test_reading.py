"""What the credentials of a file say, and that a changed file is found."""

import pytest

from tintype import Colorizer
from tintype.credentials import read
from tintype.credentials.reading import _of
from tintype.errors import CredentialsError, NoCredentials

OPTIONS = {"size": 64, "threads": 1}


def test_a_changed_file_is_found(photo_to_sign, tmp_path):
    target = Colorizer(credentials=True, **OPTIONS).save(photo_to_sign, tmp_path / "out.png").targets[0]
    data = bytearray(target.read_bytes())
    place = data.rfind(b"IDAT") + 12
    data[place] ^= 1
    target.write_bytes(data)
    found = read(target)
    assert not found.valid and any("dataHash.mismatch" in p for p in found.problems)


def test_an_unsigned_file_has_none(photo_to_sign):
    with pytest.raises(NoCredentials):
        read(photo_to_sign)


def test_a_file_of_no_known_kind_is_an_error_by_name(signing_home, tmp_path):
    (tmp_path / "a.xyz").write_bytes(b"rubbish")
    with pytest.raises(CredentialsError, match=r"a\.xyz"):
        read(tmp_path / "a.xyz")


def test_a_report_of_another_program_is_read_as_far_as_it_goes():
    report = {"active_manifest": "m", "manifests": {"m": {"title": "x.jpg"}}}
    found = _of(report, "Valid")
    assert (found.valid, found.known, found.signer, found.actions, dict(found.coloring)) == (
        True,
        False,
        "",
        (),
        {},
    )
