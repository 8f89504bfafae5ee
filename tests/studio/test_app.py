"""The API fuzzed from its own OpenAPI document."""

from itertools import count

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from studio.studio_tools import TOKEN, encoded, grey_photo, make_studio, program, upload
from tintype.studio import (
    routes_films,
    routes_jobs,
    routes_photos,
    routes_programs,
    routes_review,
    routes_sessions,
)
from tintype.studio.app import create_app

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]

HEADERS = {"authorization": f"Bearer {TOKEN}", "host": "127.0.0.1:8000"}
OPERATIONS = sorted(
    (method, route.path)
    for routes in (routes_sessions, routes_photos, routes_jobs, routes_films, routes_programs, routes_review)
    for route in routes.router.routes
    for method in route.methods
)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    """The API's schema, and the ids of things that are there."""
    folder = tmp_path_factory.mktemp("folder")
    (folder / "opa.png").write_bytes(encoded(grey_photo(64)))
    studio = make_studio(
        tmp_path_factory.mktemp("studio"), folder=folder, limits={"pixels": 4_000_000, "films": 0}
    )
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        photo = upload(client, session, encoded(grey_photo(64))).json()["photos"][0]["id"]
        job = client.post("/api/jobs", json={"session": session}).json()["id"]
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json",
        create_app(studio),
        headers={"authorization": f"Bearer {TOKEN}", "host": "127.0.0.1:8000"},
    )
    return schema, {"session": session, "photo": photo, "job": job}


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda text: text)
def test_no_request_breaks_the_api(fuzzed, method, path):
    schema, ids = fuzzed
    there = {"session": ids["session"], "photos": [ids["photo"]], "paths": ["opa.png"]}
    turn = count()

    @given(case=schema[path][method].as_strategy())
    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    def ask(case):
        # Half of the requests meet things that are there; what deletes them meets what is not.
        if method != "DELETE" and next(turn) % 2:
            if case.path_parameters:
                case.path_parameters = {k: ids.get(k, v) for k, v in case.path_parameters.items()}
            if isinstance(case.body, dict):
                case.body = case.body | {k: there[k] for k in there.keys() & case.body.keys()}
        status = case.call_and_validate(headers=HEADERS, checks=CHECKS).status_code
        assert status not in (401, 403, 421)

    ask()


def test_every_route_is_in_the_document(fuzzed):
    document = fuzzed[0].raw_schema
    described = {(m.upper(), p) for p, methods in document["paths"].items() for m in methods}
    assert set(OPERATIONS) == described
    assert document["openapi"].startswith("3.")
    form = document["paths"]["/api/colorize"]["post"]["requestBody"]["content"]["multipart/form-data"][
        "schema"
    ]
    assert form["properties"]["vividness"]["maximum"] == 1.0
