"""What a review by attack found: each hole once, so that it stays closed."""

import datetime

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import AuditEvent
from accounts.services import create_user, grant_role
from applications.models import Application, Attachment
from applications.selectors import present_cycle
from applications.services import (
    accept,
    grant_extension,
    grant_extra_place,
    next_cycle,
    remove_attachment,
    submit,
)
from sites.services import confirm_plaque, register_plaque, rename_site
from tests.applications.conftest import draft, fill, png  # noqa: F401 - fixtures


@pytest.fixture
def client_of():
    def do(user):
        client = Client()
        client.force_login(user)
        return client

    return do


def test_white_space_without_end_is_refused(draft, people, client_of):  # noqa: F811
    application = draft()
    url = reverse("applications:edit", args=[application.pk])
    page = client_of(people.county).post(url, {"revision": 1, "creation": "字" + "\u3000" * 10_000 + "字"})
    assert page.context["form"].errors["creation"]
    assert Application.objects.get().data == {}


def test_an_extension_stays_within_the_year(people, xiangtan):
    with pytest.raises(DomainError):
        grant_extension(
            actor=people.office, cycle=xiangtan.cycle, area=xiangtan.areas["湘潭县"],
            until=datetime.date(9999, 12, 31), reason="-",
        )  # fmt: skip


def test_the_same_extra_place_is_not_granted_twice(people, xiangtan):
    place = {
        "cycle": xiangtan.cycle,
        "level": xiangtan.levels["city"],
        "area": xiangtan.areas["湘潭县"],
        "reason": "考察认可",
    }
    grant_extra_place(actor=people.office, **place)
    with pytest.raises(DomainError):
        grant_extra_place(actor=people.office, **place)
    assert xiangtan.cycle.places.filter(is_extra=True).count() == 1


def test_who_registers_a_higher_plaque_cannot_confirm_it(make_site, make_user, people, xiangtan):
    claim = register_plaque(
        actor=people.office, site=make_site(), level=xiangtan.levels["province"], number="湘同〔2016〕1号",
        awarded_on=datetime.date(2016, 1, 1), paper=png(),
    )  # fmt: skip
    with pytest.raises(DomainError):
        confirm_plaque(actor=people.office, plaque=claim)
    confirm_plaque(actor=make_user("office2", Role.OFFICE, xiangtan.city), plaque=claim)


def test_a_plaque_of_the_years_run_here_is_not_registered(make_site, people, xiangtan):
    with pytest.raises(DomainError):
        register_plaque(
            actor=people.office, site=make_site(), level=xiangtan.levels["city"], number="1",
            awarded_on=datetime.date(2017, 1, 1), paper=png(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("held", "wanted", "may"),
    [
        (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, False),
        (Role.SECURITY_ADMIN, Role.AUDITOR, False),
        (Role.AUDITOR, Role.OFFICE, False),
        (Role.OFFICE, Role.SYSTEM_ADMIN, False),
        (Role.OFFICE, Role.LEADER, True),
    ],
)
def test_administration_and_audit_are_parted(held, wanted, may, make_user, people, xiangtan):
    person = make_user("person", held, xiangtan.city)
    if may:
        grant_role(actor=people.security_admin, user=person, role=wanted, unit=xiangtan.city)
        return
    with pytest.raises(DomainError):
        grant_role(actor=people.security_admin, user=person, role=wanted, unit=xiangtan.city)


SCHEME = {
    "scheme_title": "2018", "scheme_number": "1", "scheme_issued_on": datetime.date(2017, 5, 1),
    "approval_basis": "-", "approved_by": "-", "approval_number": "-",
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"scheme_issued_on": datetime.date(2018, 1, 1)}, {"approval_valid_until": datetime.date(2017, 5, 21)}],
)
def test_a_year_is_not_opened_on_a_scheme_to_come_or_an_approval_gone(wrong, people, xiangtan):
    with pytest.raises(DomainError):
        next_cycle(actor=people.office, cycle=xiangtan.cycle, **SCHEME | wrong)


def test_next_year_opened_early_does_not_hide_this_one(people, xiangtan):
    next_cycle(actor=people.office, cycle=xiangtan.cycle, **SCHEME)
    assert present_cycle(people.county).year == 2017


def test_a_removed_file_is_the_countys_own_again(draft, fill, people, client_of):  # noqa: F811
    application = fill(draft(), people.county)
    file = Attachment.objects.get()
    remove_attachment(actor=people.county, attachment=file)
    fill(application, people.county)
    submit(actor=people.county, application=application)
    url = reverse("applications:attachment", args=[file.pk])
    assert client_of(people.county).get(url).status_code == 200
    assert client_of(people.office).get(url).status_code == 404


def test_private_pages_are_not_kept_by_the_browser(people, client_of):
    answer = client_of(people.county).get(reverse("sites:list"))
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))


def test_a_refused_step_is_on_the_audit_trail(make_site, people, client_of):
    url = reverse("sites:close", args=[make_site().pk])
    assert client_of(people.neighbour).post(url).status_code == 404
    event = AuditEvent.objects.get(action="request")
    assert (event.actor, event.reason, event.result) == (people.neighbour, url, "refused")


@pytest.mark.parametrize(
    "address",
    [
        "/public/plaques/a%00b/",
        "/p/a%00/0123456789abcdef/",
        "/P/" + "A" * 500 + "/0123456789ABCDEF/999-999",
        "/sites/99999999999999999999/",
        "/sites/?area=99999999999999999999",
        "/sites/?page=abc&sort=garbage",
        "/sites/?q=" + "x" * 60_000,
        "/applications/?q=%00",
        "/applications/cycle/?year=²",
        "/applications/cycle/?year=" + "1" * 5000,
    ],
)
def test_no_address_breaks_the_program(address, people, client_of):
    assert client_of(people.county).get(address).status_code in (200, 404)


def test_a_site_renamed_after_filing_shows_when_the_plaque_is_due(draft, fill, people):  # noqa: F811
    from assessments.rules import why_renamed

    application = submit(actor=people.county, application=fill(draft(), people.county))
    accept(actor=people.office, application=application)
    assert why_renamed(application) is None
    rename_site(actor=people.office, site=application.site, name="另一个名字", reason="更名文件")
    application = Application.objects.get()
    assert "另一个名字" in why_renamed(application).text


def test_a_user_name_taken_is_said_in_words(people, xiangtan):
    with pytest.raises(DomainError):
        create_user(actor=None, username="county", title="-", unit=xiangtan.city, password="-")


def test_a_full_disk_is_told_in_words_and_nothing_is_half_done(draft, people, client_of, settings):  # noqa: F811
    """/dev/full takes no byte: every write to it ends with "no space left on device"."""
    application = draft()
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{FullDisk.__module__}.FullDisk"}}
    answer = client_of(people.county).post(
        reverse("applications:attach", args=[application.pk]), {"kind": "photo", "file": png()}, follow=True
    )
    assert "存储空间已满" in answer.content.decode()
    assert application.attachments.count() == 0


class FullDisk(FileSystemStorage):
    def _save(self, name, content):
        with open("/dev/full", "wb", buffering=0) as disk:
            disk.write(content.read())
        return name
