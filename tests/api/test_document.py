"""The OpenAPI document, the page about it, and schemathesis over all of it."""

import json

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import bearer

DOCUMENT = "/api/v1/openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    positive_data_acceptance,
    negative_data_rejection,
    ignored_auth,
    allow_header_conformance,
]
PATHS = [
    "/api/v1/applications",
    "/api/v1/applications/{key}",
    "/api/v1/coverage",
    "/api/v1/plaques",
    "/api/v1/plaques/{key}",
    "/api/v1/sites",
    "/api/v1/sites/{key}",
]
#: Of each operation, made from what the document allows and from what it forbids.
EXAMPLES = 15


def test_the_document_names_every_operation_and_its_refusals(client):
    document = client.get(DOCUMENT).json()
    assert document["openapi"] == "3.1.0"
    assert sorted(document["paths"]) == PATHS
    for path, methods in document["paths"].items():
        statuses = ["200", "401", "403", "422", "429"] + (["404"] if "{key}" in path else [])
        assert (list(methods), sorted(methods["get"]["responses"])) == (["get"], sorted(statuses)), path
        assert methods["get"]["security"] == [{"AccessToken": []}]
    assert document["components"]["securitySchemes"] == {"AccessToken": {"type": "http", "scheme": "bearer"}}


def test_the_page_is_open_to_all_and_loads_nothing_from_elsewhere(db, client):
    client.cookies["django_language"] = "en"
    content = client.get("/api/v1/").content.decode()
    for words in (
        "Demonstration sites: read interface",
        "GET /api/v1/sites/{key}",
        "updated_since",
        "in force",
    ):
        assert words in content
    for words in ("http://cdn", "https://cdn", "<style", "style=", "onclick"):
        assert words not in content


@pytest.fixture
def _one_connection():
    """The calls run in the test's own transaction, as those of Django's client do: nobody closes its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def operations(scene, _one_connection, settings):
    settings.API_CALLS_PER_TOKEN = ((100_000, 60),)
    document = schemathesis.openapi.from_wsgi(DOCUMENT, WSGIHandler())
    # The token is the test's to send.
    document.config.generation.update(with_security_parameters=False)
    return {found.ok().label: found.ok() for found in document.get_all_operations()}


def asked(operation, mode, headers, on_answer) -> None:
    """Call an operation with made-up arguments and check every answer against the document."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @examples(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case):
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS, headers=headers)
        on_answer(answer)

    call()


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.name.lower())
def test_no_500_nothing_outside_the_document_no_row_of_another_unit(operations, scene, mode):
    assert sorted(operations) == [f"GET {path}" for path in PATHS]
    areas, statuses = set(), set()

    def look(answer):
        statuses.add(answer.status_code)
        if answer.status_code == 200:
            rows = answer.json().get("items", [answer.json()])
            areas.update(row["area"]["code"] for row in rows)

    for operation in operations.values():
        asked(operation, mode, bearer(scene.secret), look)
    assert areas <= {scene.own.code}
    if mode == schemathesis.GenerationMode.POSITIVE:
        # What the document allows is answered, and not only with nothing.
        assert (areas, 200 in statuses) == ({scene.own.code}, True)
    else:
        assert 422 in statuses


@pytest.mark.parametrize("headers", [{}, bearer("nobody-s")], ids=["none", "bad"])
def test_without_a_token_that_holds_there_are_no_rows(operations, headers):
    statuses = set()
    for operation in list(operations.values())[:3]:
        asked(
            operation,
            schemathesis.GenerationMode.POSITIVE,
            headers,
            lambda answer: statuses.add(answer.status_code),
        )
    assert statuses == {401}


def test_every_row_of_every_page_is_the_unit_s_own(scene):
    """Beside made-up arguments the plain walk: all pages of all lists."""
    found = {}
    for name in ("sites", "plaques", "applications", "coverage"):
        after, rows = 0, []
        while after is not None:
            answer = Client().get(f"/api/v1/{name}?limit=2&after={after}", headers=bearer(scene.secret))
            page = json.loads(answer.content)
            rows += page["items"]
            after = page["next"]
        found[name] = (len(rows), {row["area"]["code"] for row in rows})
    own = {scene.own.code}
    assert found == {
        "sites": (4, own),
        "plaques": (7, own),
        "applications": (3, own),
        "coverage": (3, own),
    }
