"""What the routes share: ids that are checked before anything is asked, and words for files."""

from fastapi import FastAPI
from starlette.testclient import TestClient

from tintype.studio.dependencies import FORM, PhotoId, StudioOf, binary, takes


def test_routes_get_the_studio_and_ids_that_are_ids(studio):
    app = FastAPI()
    app.state.studio = studio

    @app.get("/{photo}", responses=binary("image/png", "image/jpeg"))
    def found(studio: StudioOf, photo: PhotoId) -> str:
        return f"{studio.model} {photo}"

    @app.post("/", openapi_extra=takes("multipart/form-data", FORM))
    def taken() -> None: ...

    client = TestClient(app)
    assert client.get("/0123456789abcdef").json() == "tintype 0123456789abcdef"
    for wrong in ("0123456789ABCDEF", "0123456789abcdef0", "..%2fsecret", "0123456789abcdeg"):
        assert client.get(f"/{wrong}").status_code in (404, 422), wrong
    paths = app.openapi()["paths"]
    assert {"image/png", "image/jpeg"} <= paths["/{photo}"]["get"]["responses"]["200"]["content"].keys()
    body = paths["/"]["post"]["requestBody"]
    assert body["required"] and body["content"]["multipart/form-data"]["schema"]["required"] == ["file"]
