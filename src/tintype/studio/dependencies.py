"""What the routes share: the studio of a request, and answers that are pictures."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request

from tintype.studio.context import Studio


def studio_of(request: Request) -> Studio:
    """Return the studio that a request asks."""
    studio = request.app.state.studio
    assert isinstance(studio, Studio)
    return studio


StudioOf = Annotated[Studio, Depends(studio_of)]
SessionId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="Of a session.")]
PhotoId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="Of a photograph of that session.")]
JobId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="Of a job.")]


def binary(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI words for an answer that is a file."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {200: {"description": "The file.", "content": content}}


def takes(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI words for a body that is read as it streams."""
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema}}}}


FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary"}},
}
