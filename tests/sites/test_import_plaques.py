"""A plaque that came from a table waits for its paper; from then on it is as if registered by hand."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.errors import DomainError
from accounts.models import AuditEvent
from sites.models import Plaque
from sites.services import add_plaque_paper, confirm_plaque, refuse_plaque
from tests.applications.conftest import png
from tests.sites.plaques import plaque_in_force
from tests.sites.tallies import kept


@pytest.fixture
def imported(make_site, people, xiangtan):
    """imported("city"): a plaque of 同心社区甲 as an import leaves it."""

    def make(level="county", by=people.county):
        return Plaque.objects.create(
            site=make_site(), level=xiangtan.levels[level], number="旧1", awarded_on=datetime.date(2015, 1, 5),
            state="claimed", origin="registered", registered_by=by,
        )  # fmt: skip

    return make


def counted(plaque) -> int:
    counts = kept(plaque.level.programme)
    return sum(count for (_area, _category, level), count in counts.items() if level == plaque.level_id)


def test_without_its_paper_nobody_confirms_it(imported, people):
    for level, person in (("county", people.county), ("city", people.office)):
        plaque = imported(level) if level == "county" else _at(Plaque.objects.get(), level)
        with pytest.raises(DomainError, match=r"纸|paper|文件|证"):
            confirm_plaque(actor=person, plaque=plaque)
        assert Plaque.objects.get().state == "claimed"


def _at(plaque, code):
    plaque.level = plaque.level.programme.levels.get(code=code)
    plaque.save()
    return plaque


def test_the_countys_own_counts_with_its_paper(imported, people):
    plaque = imported()
    assert plaque_in_force(plaque.site, plaque.level) is None
    add_plaque_paper(actor=people.county, plaque=plaque, paper=png())
    plaque.refresh_from_db()
    assert (plaque.state, plaque.paper_name) == ("valid", png().name)
    assert plaque_in_force(plaque.site, plaque.level) == plaque
    assert counted(plaque) == 1
    assert plaque.log.get().action == "prove"
    assert AuditEvent.objects.filter(action="plaque.prove").count() == 1


def test_a_higher_one_waits_for_the_office_as_well(imported, people):
    plaque = imported("city")
    add_plaque_paper(actor=people.county, plaque=plaque, paper=png())
    plaque.refresh_from_db()
    assert plaque.state == "claimed"
    assert counted(plaque) == 0
    confirm_plaque(actor=people.office, plaque=plaque)
    assert Plaque.objects.get().state == "valid"
    assert counted(plaque) == 1


def test_what_the_office_imported_another_person_confirms(imported, people):
    plaque = imported("city", by=people.office)
    add_plaque_paper(actor=people.office, plaque=plaque, paper=png())
    plaque.refresh_from_db()
    with pytest.raises(DomainError):
        confirm_plaque(actor=people.office, plaque=plaque)


def test_a_paper_is_added_once_and_by_the_sites_own_people(imported, people):
    plaque = imported()
    for person in (people.neighbour, people.leader, people.other_county, people.other_city, people.nobody):
        with pytest.raises(DomainError):
            add_plaque_paper(actor=person, plaque=plaque, paper=png())
    for paper in (None, SimpleUploadedFile("paper.pdf", b"not a pdf")):
        with pytest.raises(DomainError):
            add_plaque_paper(actor=people.county, plaque=plaque, paper=paper)
    assert Plaque.objects.get().paper == ""
    add_plaque_paper(actor=people.county, plaque=plaque, paper=png())
    with pytest.raises(DomainError):
        add_plaque_paper(actor=people.county, plaque=plaque, paper=png())
    assert counted(plaque) == 1


def test_one_that_never_was_is_refused_without_a_paper(imported, people):
    plaque = imported("city")
    refuse_plaque(actor=people.office, plaque=plaque, reason="查无此牌")
    assert Plaque.objects.get().state == "refused"


def test_the_page_takes_the_paper(imported, people):
    plaque = imported()
    client = Client()
    client.force_login(people.county)
    detail = reverse("sites:detail", args=[plaque.site_id])
    address = reverse("sites:plaque_add_paper", args=[plaque.pk])
    assert address in client.get(detail).content.decode()
    assert client.post(address, {"paper": png()}).url == detail
    assert Plaque.objects.get().state == "valid"
    assert address not in client.get(detail).content.decode()
    client.force_login(people.leader)
    assert client.post(address, {"paper": png()}).status_code == 302
    client.force_login(people.neighbour)
    assert client.post(address, {"paper": png()}).status_code == 404
