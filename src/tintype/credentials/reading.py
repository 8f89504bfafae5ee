"""Reading and verifying the Content Credentials of a file, by the library's own reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tintype.credentials.identity import load
from tintype.credentials.library import c2pa, context
from tintype.credentials.manifest import ASSERTION
from tintype.errors import CredentialsError, NoCredentials, TintypeError, printable
from tintype.photo.formats import FORMATS, sniff

_UNTRUSTED = "signingCredential.untrusted"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the credentials of a file say, and whether they hold.

    Attributes
    ----------
    valid : bool
        Whether the file is, byte for byte, what was signed.
    known : bool
        Whether the signer is this computer's own certificate.
    problems : tuple of str
        Why they don't hold, as C2PA's status codes with the library's words.
    signer, organization : str
        Of the signing certificate; nobody but the issuer vouches for them.
    program : str
        What wrote the file.
    title : str
        The file's name when it was signed.
    actions : tuple of str
        What was done, the first thing first: ``c2pa.edited: Coloured by a trained network (tintype)``.
    ingredients : tuple of str
        What it was made of.
    coloring : mapping
        For a result of Tintype: ``network``, ``weights_sha256``, ``settings``, ``original`` (name, sha256).
    report : mapping
        All that the library's reader says.
    """

    valid: bool
    known: bool
    problems: tuple[str, ...]
    signer: str
    organization: str
    program: str
    title: str
    actions: tuple[str, ...]
    ingredients: tuple[str, ...]
    coloring: Mapping[str, Any] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict, repr=False)


def read(path: Path) -> Credentials:
    """Read and verify the credentials of a picture.

    Raises
    ------
    NoCredentials
        When there are none.
    CredentialsError
        When they can't be read, or the file can't.
    MissingExtra
    """
    library, told = c2pa("reading Content Credentials"), printable(path)
    try:
        anchors = load().anchors
    except TintypeError:
        anchors = ""  # no key here: nobody is known
    try:
        with path.open("rb") as file:
            kind = sniff(file.read(4096), path.suffix.lower())
            media = FORMATS[kind].media if kind else path.suffix.lower().lstrip(".")
            file.seek(0)
            with library.Reader(media, file, context=context(anchors=anchors)) as reader:
                report = json.loads(reader.json())
                state = reader.get_validation_state()
    except library.C2paError.ManifestNotFound as error:
        raise NoCredentials(told) from error
    except library.C2paError as error:
        raise CredentialsError(name=told, reason=f"its credentials can't be read ({error})") from error
    except OSError as error:
        raise CredentialsError(name=told, reason=f"can't be read: {error.strerror}") from error
    return _of(report, str(state))


def _of(report: dict[str, Any], state: str) -> Credentials:
    active = report["manifests"][report["active_manifest"]]
    said = {a["label"]: a.get("data", {}) for a in active.get("assertions", ())}
    done = next((d.get("actions", ()) for label, d in said.items() if label.startswith("c2pa.actions")), ())
    program = (active.get("claim_generator_info") or [{}])[0]
    signature = active.get("signature_info") or {}
    results = (report.get("validation_results") or {}).get("activeManifest") or {}
    failures = [f for f in results.get("failure", ()) if f["code"] != _UNTRUSTED]
    return Credentials(
        valid=state in ("Valid", "Trusted"),
        known=state == "Trusted",
        problems=tuple(f"{f['code']}: {f.get('explanation', '')}" for f in failures),
        signer=str(signature.get("common_name", "")),
        organization=str(signature.get("issuer", "")),
        program=" ".join(str(program[k]) for k in ("name", "version") if k in program),
        title=str(active.get("title", "")),
        actions=tuple(": ".join(filter(None, (a["action"], a.get("description", "")))) for a in done),
        ingredients=tuple(str(i.get("title", "")) for i in active.get("ingredients", ())),
        coloring=said.get(ASSERTION, {}),
        report=report,
    )
