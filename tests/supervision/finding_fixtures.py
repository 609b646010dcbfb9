"""Findings as a group of 湘潭县 writes them down, and the people they concern."""

import datetime
from types import SimpleNamespace

import pytest

from accounts import clock
from accounts.enums import Role
from accounts.models import Unit, User
from supervision.models import Finding, ReminderLetter, SupervisionGroup
from supervision.services import join_group, record_finding
from supervision.services.coordination import ask_extension, refer_finding
from supervision.services.escalation import (
    keep_letter,
    order_letter,
    propose_to_office,
    record_talk,
    remind,
    stamp_letter,
)
from supervision.services.findings import report_finding


@pytest.fixture
def cast(xiangtan, people, make_user) -> SimpleNamespace:
    """Everybody by name: people, members of two groups, staff of a township and of a section, seal keepers."""
    town = Unit.objects.get(name="易俗河镇")
    section = Unit.objects.get(name="经联科")
    for name, area in (("group", "湘潭县"), ("other_group", "湘乡市")):
        member = make_user(name, None, xiangtan.city)
        group = SupervisionGroup.objects.get(areas__area=xiangtan.areas[area])
        join_group(actor=people.office, group=group, user=member)
    made = vars(people) | {
        "group": User.objects.get(username="group"),
        "other_group": User.objects.get(username="other_group"),
        "town": make_user("town", Role.UNIT_STAFF, town),
        "section": make_user("section", Role.UNIT_STAFF, section),
        "keeper": make_user("keeper", Role.SEAL_KEEPER, xiangtan.city),
        "county_keeper": make_user("countykeeper", Role.SEAL_KEEPER, xiangtan.areas["湘潭县"]),
        "liaison": make_user("liaison", Role.LIAISON, xiangtan.city),
    }
    found = SimpleNamespace(**{name: User.objects.get(pk=user.pk) for name, user in made.items()})
    found.units = SimpleNamespace(town=town, section=section, city=xiangtan.city)
    return found


@pytest.fixture
def found(xiangtan, cast, make_site):
    """found(): a finding of 22 May 2017 on a site of 湘潭县, to be put right by the town until 6 June."""

    def make(name="同心社区甲", kind="difficulty", severity="major", owner=None, **fields) -> Finding:
        site = fields.pop("site", None) or make_site(name)
        group = SupervisionGroup.objects.get(areas__area=site.area)
        return record_finding(
            actor=cast.group,
            group=group,
            cycle=xiangtan.cycle,
            kind=kind,
            severity=severity,
            text=fields.pop("text", "活动室漏雨，半年未开放。"),
            owner=owner or cast.units.town,
            unit=site.unit,
            area=site.area,
            site=site,
            **fields,
        )

    return make


@pytest.fixture
def climbed(found, cast):
    """climbed("letter"): a finding that has climbed up to that rung, each on the first day on which it could."""

    def make(rung="remind", **fields) -> Finding:
        finding = found(**fields)
        steps = {
            "remind": ((2017, 6, 7), lambda row: remind(actor=cast.group, finding=row)),
            "letter": ((2017, 6, 9), lambda row: order_letter(actor=cast.group, finding=row)),
            "talk": ((2017, 6, 20), lambda row: hold_talk(cast.group, row)),
            "propose": (
                (2017, 7, 4),
                lambda row: propose_to_office(
                    actor=cast.group, finding=row, text="建议收回牌匾", plaque=row.site.plaques.first()
                ),
            ),
        }
        for name, (day, step) in steps.items():
            clock.set_today(datetime.date(*day))
            step(Finding.objects.get(pk=finding.pk))
            if name == rung:
                break
        return again(finding)

    return make


def send_letter(actor, finding: Finding) -> None:
    """The letter printed, stamped by hand and sent, where that is still to be done."""
    letter = ReminderLetter.objects.filter(finding=finding, sealed_at=None).first()
    if letter:
        letter = letter if letter.pdf else keep_letter(letter=letter, pdf=b"%PDF-1.7", place={})
        stamp_letter(actor=actor, letter=letter)


def hold_talk(actor, finding: Finding, **fields):
    send_letter(actor, finding)
    said = {
        "held_on": clock.today(),
        "led_by": "分管副部长",
        "with_whom": "易俗河镇党委书记",
        "minutes": "两周内修好屋顶。",
    }
    return record_talk(actor=actor, finding=finding, **said | fields)


def again(finding: Finding) -> Finding:
    """The finding as the next request would read it."""
    return Finding.objects.get(pk=finding.pk)


def reported(cast, finding: Finding, text="屋顶已修好。") -> Finding:
    report_finding(actor=cast.town, finding=finding, text=text)
    return again(finding)


def referred(cast, finding: Finding, unit=None) -> Finding:
    refer_finding(
        actor=cast.group, finding=finding, to_unit=unit or cast.units.section, question="需协调维修资金。"
    )
    return again(finding)


def more_time(cast, finding: Finding, until=datetime.date(2017, 6, 13)):
    return ask_extension(actor=cast.town, finding=finding, until=until, reason="等待材料")
