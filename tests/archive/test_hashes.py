"""Digests by which a run knows what is done."""

import pytest

from tintype import Settings, SettingsError
from tintype.archive.hashes import settings_digest


def test_the_digest_is_of_all_that_shapes_a_result(tmp_path):
    picture = tmp_path / "reference.jpg"
    picture.write_bytes(b"1")
    base = Settings(reference=str(picture))
    digest = settings_digest(base, ("w",))
    assert settings_digest(base.replace(threads=3), ("w",)) == digest
    assert settings_digest(base.replace(model="other name"), ("w",)) == digest
    others = [settings_digest(base, ("v",)), settings_digest(base.replace(vividness=0.6), ("w",)),
              settings_digest(base.replace(hints=("1,1=#ffffff",)), ("w",))]  # fmt: skip
    picture.write_bytes(b"2")
    others.append(settings_digest(base, ("w",)))
    assert len({digest, *others}) == 5
    picture.unlink()
    with pytest.raises(SettingsError, match="reference"):
        settings_digest(base, ("w",))
