"""The key and the certificate that sign: made on this computer, or brought by the user.

Both lie in one file, so that they are there together or not at all. What is made here is a test certificate:
it shows that a file is as it was when it was signed, and by which computer; nobody vouches for who that is.
"""

from __future__ import annotations

import datetime
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tintype import files
from tintype.errors import CredentialsError, MissingExtra, printable

if TYPE_CHECKING:
    from cryptography import x509

_NAME = "signing.pem"
_YEARS = 10
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\s*", re.DOTALL)
_KEY = re.compile(rb"-----BEGIN ([A-Z ]*)PRIVATE KEY-----.+?-----END \1PRIVATE KEY-----\s*", re.DOTALL)
_INIT = "`tintype credentials init` makes one"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs.

    Attributes
    ----------
    name : str
        Common name of the certificate.
    algorithm : str
        As C2PA names it: ``es256``.
    chain : bytes
        PEM, the signing certificate first.
    key : bytes
        PEM of the private key.
    """

    name: str
    algorithm: str
    chain: bytes
    key: bytes = field(repr=False)

    @property
    def anchors(self) -> str:
        """The certificates above the signing one, PEM: what vouches for it on this computer."""
        return b"".join(_CERTIFICATE.findall(self.chain)[1:]).decode()


def identity_path() -> Path:
    """Where the key and certificates lie: in the user's folder for configuration, or in ``$TINTYPE_HOME``."""
    return files.configuration() / "credentials" / _NAME


def create(name: str = "") -> Path:
    """Make a key and a test certificate, and return the file; it is readable by its owner alone.

    Parameters
    ----------
    name : str, optional
        Common name of the certificate: a person, an archive.

    Raises
    ------
    CredentialsError
        When there is one already (it is never replaced), or the folder can't be written to.
    MissingExtra
    """
    path = identity_path()
    if os.path.lexists(path):
        reason = "there is a key already, and it is never replaced"
        raise CredentialsError(name=printable(path), reason=reason, remedy="move it away to make a new one")
    data = _made(name.strip() or "Tintype on this computer")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with files.replacing(path, overwrite=False) as temporary:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
    except OSError as error:
        reason = f"can't be written: {error.strerror}"
        raise CredentialsError(name=printable(path), reason=reason) from error
    return path


def load() -> Identity:
    """Read the key and certificates. Raises CredentialsError."""
    path = identity_path()
    told = printable(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise CredentialsError(name=told, reason="there is no key to sign with", remedy=_INIT) from None
    except OSError as error:
        raise CredentialsError(name=told, reason=f"can't be read: {error.strerror}") from error
    chain, key = b"".join(_CERTIFICATE.findall(data)), _KEY.search(data)
    if not chain or key is None:
        reason = "this holds no private key, or no certificate"
        remedy = f"write both into it as PEM, the signing certificate first; {_INIT}"
        raise CredentialsError(name=told, reason=reason, remedy=remedy)
    name, algorithm = _described(chain, key[0], told)
    return Identity(name, algorithm, chain, key[0])


def _described(chain: bytes, key: bytes, told: str) -> tuple[str, str]:
    """Common name and algorithm of a certificate and its key."""
    x509, _, serialization, asymmetric = _cryptography()
    try:
        certificate = x509.load_pem_x509_certificate(chain)
        private = serialization.load_pem_private_key(key, None)
    except (ValueError, TypeError) as error:
        reason = f"the key or the certificate can't be read ({error})"
        raise CredentialsError(name=told, reason=reason, remedy="give a key without a password") from error
    if certificate.public_key() != private.public_key():
        raise CredentialsError(name=told, reason="key and certificate don't belong together")
    now = datetime.datetime.now(datetime.UTC)
    if certificate.not_valid_after_utc < now:
        reason = f"the certificate ended on {certificate.not_valid_after_utc:%Y-%m-%d}"
        raise CredentialsError(name=told, reason=reason, remedy="move it away to make a new one")
    if certificate.not_valid_before_utc > now:
        reason = f"the certificate holds only from {certificate.not_valid_before_utc:%Y-%m-%d} on"
        raise CredentialsError(
            name=told, reason=reason, remedy="wait until then, or set this computer's clock"
        )
    return _common_name(certificate, x509), _algorithm(private, asymmetric, told)


def _algorithm(private: Any, asymmetric: Any, told: str) -> str:
    if isinstance(private, asymmetric.ec.EllipticCurvePrivateKey):
        curves = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
        if private.curve.name in curves:
            return curves[private.curve.name]
    if isinstance(private, asymmetric.ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(private, asymmetric.rsa.RSAPrivateKey):
        return "ps256"
    reason = "C2PA knows no signature of this kind of key"
    raise CredentialsError(name=told, reason=reason, remedy="use a P-256, P-384, P-521, Ed25519 or RSA key")


def _common_name(certificate: x509.Certificate, x509: Any) -> str:
    found = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value) if found else certificate.subject.rfc4514_string()


def _made(name: str) -> bytes:
    """A new key, its certificate, and the one that vouches for it, whose own key is forgotten at once."""
    x509, hashes, serialization, asymmetric = _cryptography()
    usage = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
             "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    root_key, key = (asymmetric.ec.generate_private_key(asymmetric.ec.SECP256R1()) for _ in range(2))
    root_name, own_name = (
        x509.Name(
            [
                x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Tintype test certificate"),
                x509.NameAttribute(x509.NameOID.COMMON_NAME, common[:64]),
            ]
        )
        for common in (f"{name[:59]} root", name)
    )

    def certified(subject: Any, public: Any, *, root: bool) -> Any:
        now = datetime.datetime.now(datetime.UTC)
        uses = {"key_cert_sign", "crl_sign"} if root else {"digital_signature"}
        made = (
            x509.CertificateBuilder(root_name, subject, public, x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))  # clocks differ
            .not_valid_after(now + datetime.timedelta(days=365 * _YEARS))
            .add_extension(x509.BasicConstraints(ca=root, path_length=0 if root else None), critical=True)
            .add_extension(x509.KeyUsage(**{u: u in uses for u in usage}), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )
        if not root:
            issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
            purpose = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION])  # as C2PA asks for
            made = made.add_extension(issuer, critical=False).add_extension(purpose, critical=False)
        return made.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    own = certified(own_name, key.public_key(), root=False)
    return bytes(private + own + certified(root_name, root_key.public_key(), root=True))


def _cryptography() -> tuple[Any, Any, Any, Any]:
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import asymmetric, hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: F401 - as attributes
    except ImportError as error:
        purpose = "signing with Content Credentials"
        raise MissingExtra("credentials", package="cryptography", purpose=purpose) from error
    return x509, hashes, serialization, asymmetric
