"""Signing a written file: the last step before it takes its name."""

from __future__ import annotations

import io
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tintype.credentials.identity import Identity, load
from tintype.credentials.library import c2pa, context, media_that_are_read, media_that_are_signed
from tintype.credentials.manifest import Original, manifest
from tintype.errors import CredentialsError, UnsupportedFormat
from tintype.photo.formats import FORMATS, WRITABLE

if TYPE_CHECKING:
    from tintype.photo.metadata.provenance import Provenance
    from tintype.sources import Source


@dataclass(frozen=True, slots=True)
class Seal:
    """Signs the files of one result; made by `seal_for`, which has looked at everything that can be wrong."""

    identity: Identity
    provenance: Provenance
    original: Original
    name: str
    """What messages call the photograph."""
    source: Source | None = field(default=None, repr=False)

    def __call__(self, plain: BinaryIO, signed: BinaryIO, kind: str, title: str) -> None:
        """Copy a finished file of the format `kind` from its beginning, with credentials in it.

        Raises
        ------
        CredentialsError
            When the library refuses the file, the key or the certificate.
        """
        library, media = c2pa(), WRITABLE[kind].media
        asked = manifest(title, media, self.provenance, self.original)
        ingredient = self.original.ingredient()
        opened = self.source is not None and self.original.media in media_that_are_read()
        if not opened:
            asked["ingredients"] = [ingredient]
        who = library.C2paSignerInfo(
            self.identity.algorithm.encode(), self.identity.chain, self.identity.key, None
        )
        plain.seek(0)
        try:
            with ExitStack() as stack:
                builder = stack.enter_context(library.Builder(asked, context=context()))
                if opened:
                    # Credentials that the original has are checked and carried along.
                    builder.add_ingredient(
                        ingredient, self.original.media, stack.enter_context(self._bytes())
                    )
                signer = stack.enter_context(library.Signer.from_info(who))
                builder.sign(signer, media, plain, signed)
        except library.C2paError as error:
            reason = f"it can't be signed with Content Credentials ({error})"
            raise CredentialsError(name=self.name, reason=reason) from error
        signed.flush()

    def _bytes(self) -> BinaryIO:
        assert self.source is not None
        if self.source.data is not None:
            return io.BytesIO(self.source.data)
        assert self.source.path is not None
        return self.source.path.open("rb")


def seal_for(
    source: Source | None, format_: str, kind: str, provenance: Provenance, name: str, *, pages: int = 1
) -> Seal:
    """What signs the result of a photograph.

    Parameters
    ----------
    source : Source or None
    format_ : str
        Of the photograph, as `Photo.format`.
    kind : str
        The result's format, a key of `WRITABLE`.
    provenance : Provenance
    name : str
        What messages call the photograph.
    pages : int
        How many the result will have.

    Raises
    ------
    MissingExtra, CredentialsError
        When the library or the key isn't there.
    UnsupportedFormat
        When the format can't hold credentials. For a TIFF of several pages the library would add a page with
        nothing on it, at which other programs stumble.
    """
    form = WRITABLE[kind]
    if form.media not in media_that_are_signed():
        reason = f"{form.title} can't hold Content Credentials"
        remedy = "choose another format, such as jpeg, png or tiff, or leave out credentials"
        raise UnsupportedFormat(name, form.title, reason=reason, remedy=remedy)
    if form.saving is not None and form.saving.pages and pages > 1:
        reason = f"Content Credentials would add a page without a picture to a {form.title} of several pages"
        remedy = "choose one page with page, or another format, whose pages become files of their own"
        raise UnsupportedFormat(name, form.title, reason=reason, remedy=remedy)
    media = FORMATS[format_].media if format_ in FORMATS else "application/octet-stream"
    digest = "" if source is None else source.sha256()
    title = Path(source.path).name if source is not None and source.path is not None else name
    whole = source if source is not None and source.array is None else None
    return Seal(load(), provenance, Original(title, media, digest), name, whole)
