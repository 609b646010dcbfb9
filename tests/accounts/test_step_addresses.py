"""The address of a step, opened like a page: after a refusal it stands in the browser's bar."""

import pytest
from django.urls import reverse

from tests.whole.test_doors import DOORS


@pytest.fixture
def office(client, people):
    client.force_login(people.office)
    return client


def test_a_step_leads_to_the_page_it_belongs_to(office, make_site):
    site = make_site()
    answer = office.get(reverse("sites:close", args=[site.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("sites:detail", args=[site.pk]))


def test_where_no_page_is_above_it_the_inbox_is(office):
    answer = office.get(reverse("accounts:language"))
    assert (answer.status_code, answer.url) == (302, "/")


def test_no_step_shows_an_empty_page(office):
    """Every address that only takes steps, with numbers nobody has: a page, or words that nothing is there."""
    found = {}
    for view, (method, arguments, _through) in DOORS.items():
        if method == "post":
            address = reverse(view, args=[_made_up(name) for name in arguments])
            found[view] = office.get(address, follow=True).status_code
    assert {view: status for view, status in found.items() if status not in (200, 404)} == {}


def _made_up(name: str):
    words = {"finding_step": "report", "ledger": "photos", "channel": "email", "table_kind": "xlsx"}
    return words.get(name, 999_999)


def test_strangers_are_asked_to_sign_in(client, db):
    assert client.get(reverse("notices:read_all")).url.startswith(reverse("accounts:login"))
