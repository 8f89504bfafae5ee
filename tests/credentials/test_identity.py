"""The key and the certificate that sign."""

import datetime
import stat
import sys
from types import SimpleNamespace

import pytest

from tintype.credentials import create, identity, identity_path, load
from tintype.errors import CredentialsError

pytest.importorskip("cryptography")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path))
    return tmp_path


def test_a_key_is_made_for_its_owner_alone(home):
    path = create("Town archive")
    assert path == identity_path() == home / "credentials" / "signing.pem"
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    made = load()
    assert (made.name, made.algorithm) == ("Town archive", "es256")
    assert made.chain.count(b"BEGIN CERTIFICATE") == 2
    assert made.anchors.count("BEGIN CERTIFICATE") == 1
    assert "PRIVATE" not in repr(made)


def test_a_key_is_never_replaced():
    before = create().read_bytes()
    with pytest.raises(CredentialsError, match="never replaced"):
        create()
    assert identity_path().read_bytes() == before
    assert [p.name for p in identity_path().parent.iterdir()] == ["signing.pem"]


def test_a_link_to_nowhere_is_something_too(home):
    identity_path().parent.mkdir()
    identity_path().symlink_to(home / "gone")
    with pytest.raises(CredentialsError, match="never replaced"):
        create()


def test_a_missing_key_is_said():
    with pytest.raises(CredentialsError, match="there is no key to sign with; `tintype credentials init`"):
        load()


def test_a_key_of_another_certificate_is_refused(home):
    first = create().read_bytes()
    identity_path().unlink()
    second = create().read_bytes()
    end = b"-----END PRIVATE KEY-----\n"
    identity_path().write_bytes(first.partition(end)[0] + end + second.partition(end)[2])
    with pytest.raises(CredentialsError, match="don't belong together"):
        load()


@pytest.mark.parametrize(("years", "said"), [(11, "the certificate ended on 20"), (-1, "holds only from 20")])
def test_a_certificate_out_of_its_time_is_refused(monkeypatch, years, said):
    create()

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.datetime.now(tz) + datetime.timedelta(days=365.25 * years)

    changed = SimpleNamespace(datetime=Later, UTC=datetime.UTC, timedelta=datetime.timedelta)
    monkeypatch.setattr(identity, "datetime", changed)
    with pytest.raises(CredentialsError, match=said):
        load()


@pytest.mark.parametrize(
    "content", [b"", b"rubbish", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
)
def test_rubbish_is_refused_by_name(content):
    identity_path().parent.mkdir()
    identity_path().write_bytes(content)
    with pytest.raises(CredentialsError, match=r"signing\.pem: this holds no private key, or no certificate"):
        load()


def test_keys_of_other_kinds(home):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

    from tintype.credentials.identity import _algorithm, _cryptography

    asymmetric = _cryptography()[3]
    assert _algorithm(ed25519.Ed25519PrivateKey.generate(), asymmetric, "k") == "ed25519"
    assert _algorithm(rsa.generate_private_key(65537, 2048), asymmetric, "k") == "ps256"
    assert _algorithm(ec.generate_private_key(ec.SECP384R1()), asymmetric, "k") == "es384"
    with pytest.raises(CredentialsError, match="no signature of this kind"):
        _algorithm(dsa.generate_private_key(1024), asymmetric, "k")
    assert serialization.Encoding.PEM
