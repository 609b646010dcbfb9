"""What may become of a plaque: suspension, rectification, the level below, validity, replacement, the metal plaque."""

import datetime

import pytest
from django.core.files.base import ContentFile

from accounts.errors import DomainError
from accounts.models import AuditEvent
from accounts.staircase import broken_rows
from notices.models import Message
from sites.models import Level, Plaque, PlaqueLog, PlaqueSuspension
from sites.services import (
    award_own_plaque,
    close_site,
    demand_rectification,
    end_rectification,
    expire_plaques,
    give_back_plaque,
    record_handling,
    replace_plaque,
    resume_plaque,
    revoke_plaque,
    suspend_plaque,
)
from sites.tasks import expire_plaques as expire_task
from sites.validity import valid_until
from tests.applications.conftest import png
from tests.sites.plaques import plaque_in_force
from tests.sites.tallies import counted_tally, kept

DAY = datetime.date


def states(plaques) -> dict[str, str]:
    return {code: Plaque.objects.get(pk=plaque.pk).state for code, plaque in plaques.items()}


def check_counts(xiangtan):
    """The journal says what the sites and plaques say."""
    assert kept(xiangtan.programme) == counted_tally(xiangtan.programme)


def test_a_suspended_plaque_does_not_count_until_it_is_resumed(climb, people, xiangtan, on_day):
    plaque = climb("甲", "city")["city"]
    on_day(2017, 8, 20)
    suspend_plaque(actor=people.office, plaque=plaque, reason="停办", begins_on=DAY(2017, 8, 10))
    assert (plaque.state, plaque_in_force(plaque.site, plaque.level)) == ("suspended", None)
    assert not [key for key in kept(xiangtan.programme) if key[2] == plaque.level_id]
    on_day(2017, 9, 20)
    resume_plaque(actor=people.office, plaque=plaque, reason="恢复", ended_on=DAY(2017, 9, 15))
    held = [
        plaque_in_force(plaque.site, plaque.level, day) is not None
        for day in (DAY(2017, 8, 9), DAY(2017, 8, 10), DAY(2017, 9, 14), DAY(2017, 9, 15))
    ]
    assert held == [True, False, False, True]
    check_counts(xiangtan)
    # A second suspension cannot begin inside the first.
    with pytest.raises(DomainError, match="2017年9月15日"):
        suspend_plaque(actor=people.office, plaque=plaque, reason="再停", begins_on=DAY(2017, 9, 1))


def test_rectification_keeps_the_plaque_in_force(climb, people, xiangtan):
    plaque = climb("甲", "city")["city"]
    with pytest.raises(DomainError):
        demand_rectification(actor=people.office, plaque=plaque, by=DAY(2017, 5, 21), reason="台账不全")
    demand_rectification(actor=people.office, plaque=plaque, by=DAY(2017, 6, 30), reason="台账不全")
    assert plaque_in_force(plaque.site, plaque.level) == plaque
    check_counts(xiangtan)
    end_rectification(actor=people.office, plaque=plaque, reason="已补齐")
    plaque.refresh_from_db()
    assert (plaque.state, plaque.rectify_by) == ("valid", None)
    assert [(row.action, row.reason) for row in plaque.log.all()] == [
        ("rectify", "台账不全"),
        ("restore", "已补齐"),
    ]
    assert broken_rows(PlaqueLog, plaque) == []


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (("keep", "keep"), ("revoked", "valid", "valid")),
        (("keep", "revoke"), ("revoked", "valid", "valid")),
        (("suspend", "revoke"), ("revoked", "suspended", "valid")),
        (("revoke", "keep"), ("revoked", "revoked", "valid")),
        (("revoke", "suspend"), ("revoked", "revoked", "suspended")),
        (("revoke", "revoke"), ("revoked", "revoked", "revoked")),
    ],
)
def test_the_plaques_above_follow_the_rule_of_their_level(rules, expected, climb, people, xiangtan, on_day):
    plaques = climb("甲", "province")
    for code, rule in zip(("city", "province"), rules, strict=True):
        Level.objects.filter(code=code).update(when_below_ends=rule)
    on_day(2017, 8, 20)
    revoke_plaque(actor=people.county, plaque=plaques["county"], reason="停办", ended_on=DAY(2017, 8, 18))
    assert tuple(states(plaques).values()) == expected
    check_counts(xiangtan)
    for code in ("city", "province"):
        now = Plaque.objects.get(pk=plaques[code].pk)
        if now.state == "revoked":
            assert now.ended_on == DAY(2017, 8, 18)
        if now.state == "suspended":
            assert now.suspensions.get().begins_on == DAY(2017, 8, 18)


def test_the_reason_names_the_plaque_below_and_people_are_told(climb, people):
    plaques = climb("甲", "city")
    revoke_plaque(actor=people.county, plaque=plaques["county"], reason="停办")
    row = plaques["city"].log.get()
    assert (row.action, row.actor) == ("suspend", people.county)
    assert (
        row.reason == "收回：县级 潭县同社〔2017〕1号，该授牌是其基础。停办"
        or plaques["county"].number in row.reason
    )
    # The county's own staff decided and is not told; the office is, of the plaque it awarded.
    assert [message.recipient for message in Message.objects.all()] == [people.office]


def test_only_the_rule_lets_a_county_touch_the_plaque_above(climb, people):
    plaques = climb("甲", "city")
    for step in (suspend_plaque, revoke_plaque, give_back_plaque):
        with pytest.raises(DomainError):
            step(actor=people.county, plaque=plaques["city"], reason="停办")
    assert states(plaques) == {"county": "valid", "city": "valid"}


def test_a_suspension_ends_with_the_plaque(climb, people, on_day):
    plaque = climb("甲", "city")["city"]
    suspend_plaque(actor=people.office, plaque=plaque, reason="停办")
    on_day(2017, 8, 20)
    give_back_plaque(actor=people.office, plaque=plaque, reason="自愿交回")
    assert plaque.suspensions.get().ended_on == DAY(2017, 8, 20)
    assert plaque_in_force(plaque.site, plaque.level) is None


def test_a_suspended_plaque_keeps_its_place_and_its_site(climb, people, xiangtan):
    plaque = climb("甲")["county"]
    suspend_plaque(actor=people.county, plaque=plaque, reason="停办")
    with pytest.raises(DomainError):
        award_own_plaque(actor=people.county, site=plaque.site, level=plaque.level, reason="再授")
    with pytest.raises(DomainError):
        close_site(actor=people.county, site=plaque.site, reason="撤销")


@pytest.mark.parametrize(
    ("awarded", "months", "last"),
    [
        (DAY(2016, 2, 29), 12, DAY(2017, 2, 27)),
        (DAY(2016, 2, 29), 48, DAY(2020, 2, 28)),
        (DAY(2017, 8, 31), 6, DAY(2018, 2, 27)),
        (DAY(2017, 1, 1), 36, DAY(2019, 12, 31)),
        (DAY(2017, 3, 1), 12, DAY(2018, 2, 28)),
        (DAY(2017, 5, 2), None, None),
    ],
)
def test_the_last_day_of_validity(awarded, months, last):
    assert valid_until(Level(validity_months=months), awarded) == last


def test_a_plaque_expires_after_its_last_day_and_once(climb, people, xiangtan, on_day):
    Level.objects.filter(code="county").update(validity_months=3)
    xiangtan.levels["county"].refresh_from_db()
    plaque = climb("甲")["county"]
    assert plaque.valid_until == DAY(2017, 8, 1)
    on_day(2017, 8, 1)
    assert (expire_plaques(), plaque_in_force(plaque.site, plaque.level)) == (0, plaque)
    on_day(2017, 8, 2)
    # Before the task has run it is not in force any more, and nobody can decide anything on it.
    assert plaque_in_force(plaque.site, plaque.level) is None
    with pytest.raises(DomainError):
        revoke_plaque(actor=people.county, plaque=plaque, reason="停办")
    assert [expire_task(), expire_task()] == [1, 0]
    plaque.refresh_from_db()
    assert (plaque.state, plaque.ended_on) == ("expired", DAY(2017, 8, 2))
    assert plaque.log.get().actor is None
    assert plaque_in_force(plaque.site, plaque.level, DAY(2017, 8, 1)) == plaque
    check_counts(xiangtan)


def test_a_replacement_has_a_new_number_and_goes_on_counting(climb, people, xiangtan, on_day):
    plaque = climb("甲", "city")["city"]
    on_day(2018, 3, 5)
    new = replace_plaque(actor=people.office, plaque=plaque, reason="遗失")
    plaque.refresh_from_db()
    assert (plaque.state, plaque.ended_on) == ("replaced", DAY(2018, 3, 5))
    assert (new.number, new.counted_from, new.origin) == ("潭同社〔2018〕1号", DAY(2017, 5, 2), "replacement")
    assert new.replaces == plaque
    assert [
        plaque_in_force(plaque.site, plaque.level, day) for day in (DAY(2018, 3, 4), DAY(2018, 3, 5))
    ] == [
        plaque,
        new,
    ]
    # Replacing ends nothing above: the county's plaque replaced, the city's stands.
    county = Plaque.objects.get(level__code="county")
    replace_plaque(actor=people.county, plaque=county, reason="损坏")
    assert Plaque.objects.get(pk=new.pk).state == "valid"
    check_counts(xiangtan)


def test_a_province_plaque_is_replaced_under_the_number_from_above(climb, people):
    plaques = climb("甲", "province")
    with pytest.raises(DomainError):
        replace_plaque(actor=people.office, plaque=plaques["province"], reason="遗失")
    with pytest.raises(DomainError):
        replace_plaque(actor=people.office, plaque=plaques["city"], reason="遗失", number="自编1号")
    new = replace_plaque(
        actor=people.office, plaque=plaques["province"], reason="遗失", number="湘同〔2017〕90号"
    )
    assert (new.number, new.state) == ("湘同〔2017〕90号", "valid")


def test_a_replacement_launders_neither_suspension_nor_rectification(climb, people, on_day):
    first, second = climb("甲", "city")["city"], climb("乙", "city")["city"]
    suspend_plaque(actor=people.office, plaque=first, reason="停办")
    demand_rectification(actor=people.office, plaque=second, by=DAY(2017, 9, 30), reason="台账")
    on_day(2017, 6, 1)
    suspended = replace_plaque(actor=people.office, plaque=first, reason="遗失")
    assert (suspended.state, plaque_in_force(suspended.site, suspended.level)) == ("suspended", None)
    found = PlaqueSuspension.objects.filter(plaque__in=(first, suspended)).order_by("begins_on", "id")
    assert list(found.values_list("begins_on", "ended_on")) == [
        (DAY(2017, 5, 22), DAY(2017, 6, 1)),
        (DAY(2017, 6, 1), None),
    ]
    rectifying = replace_plaque(actor=people.office, plaque=second, reason="遗失")
    assert (rectifying.state, rectifying.rectify_by) == ("rectifying", DAY(2017, 9, 30))


def test_the_metal_plaque_is_hung_lost_and_handed_in(climb, people, on_day):
    plaque = climb("甲", "city")["city"]
    record_handling(actor=people.county, plaque=plaque, kind="hung", done_on=DAY(2017, 5, 10), file=png())
    with pytest.raises(DomainError):  # in force: it stays on the wall
        record_handling(actor=people.office, plaque=plaque, kind="retrieved", done_on=DAY(2017, 5, 22))
    on_day(2017, 8, 20)
    revoke_plaque(actor=people.office, plaque=plaque, reason="停办")
    for actor, day, file in (
        (people.county, DAY(2017, 8, 20), None),  # handed in to the office, which enters it
        (people.neighbour, DAY(2017, 8, 20), None),
        (people.office, DAY(2017, 8, 21), None),  # to come
        (people.office, DAY(2017, 5, 1), None),  # before the award
        (people.office, DAY(2017, 8, 20), ContentFile(b"MZ", name="receipt.pdf")),
    ):
        with pytest.raises(DomainError):
            record_handling(actor=actor, plaque=plaque, kind="retrieved", done_on=day, file=file)
    record_handling(
        actor=people.office,
        plaque=plaque,
        kind="retrieved",
        done_on=DAY(2017, 8, 20),
        receipt_number="收2017-1",
    )
    assert [(one.kind, one.receipt_number) for one in plaque.handlings.all()] == [
        ("hung", ""),
        ("retrieved", "收2017-1"),
    ]
    assert AuditEvent.objects.filter(action="plaque.retrieved", actor=people.office).count() == 1
