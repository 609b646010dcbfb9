"""Who assesses what: fair automatic assignment, and conflicts of interest."""

import pytest
from django.urls import reverse
from django.utils.translation import gettext

from accounts.enums import Role
from accounts.errors import DomainError, StaleForm
from accounts.models import AuditEvent, User
from applications.models import Application
from assessments.assignment import fingerprint, plan_assignments
from assessments.models import Recusal, ScoreSheet
from assessments.rules import why_not_assessor
from assessments.selectors import assessments_for_list, free_assessors, to_assign
from assessments.services import (
    assign_assessor,
    assign_automatically,
    close_assessment,
    declare_conflict,
    note_conflict,
)
from notices.models import Message


def planned(plans) -> list:
    return [[choice.assessor.username for choice in plan.chosen] for plan in plans]


def visible(assessments):
    rows = assessments_for_list(User.objects.get(username="office"))
    return list(rows.filter(pk__in=[each.pk for each in assessments]).order_by("pk"))


@pytest.fixture
def assessors(people, make_user, xiangtan):
    """Besides the two of the city: one of 湘潭县 (which files), one of 韶山市, one of 雨湖区."""
    return {
        name: make_user(name, Role.ASSESSOR, xiangtan.city, home=xiangtan.areas[area])
        for name, area in (("xt", "湘潭县"), ("shaoshan", "韶山市"), ("yuhu", "雨湖区"))
    }


def test_sheets_are_spread_evenly_over_the_people(many, people, assessors, xiangtan):
    made = many(6)
    plans = plan_assignments(xiangtan.cycle, visible(made))
    counts = {}
    for names in planned(plans):
        assert len(names) == 2
        # The two of the city's own unit never sit together: others are as free.
        assert set(names) != {"assessor", "assessor2"}
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    # 12 sheets over the four who may; keeping units apart costs a sheet's difference either way. The one of the filing
    # county gets none.
    assert counts == {"assessor": 2, "assessor2": 3, "shaoshan": 4, "yuhu": 3}


def test_who_has_fewest_sheets_comes_first_and_the_lot_can_be_drawn_again(many, people, assessors, xiangtan):
    given, new = many(1)[0], many(1)[0]
    for name in ("shaoshan", "yuhu"):
        ScoreSheet.objects.create(assessment=given, assessor=assessors[name], assigned_at=given.started_at)
    (plan,) = plan_assignments(xiangtan.cycle, visible([new]))
    # First one of the city (0 sheets, by lot). The other of the same unit then weighs 0 + 1, as much as those who have
    # a sheet already: of these, whoever is of another unit comes first.
    assert plan.chosen[0].assessor.username in {"assessor", "assessor2"}
    assert plan.chosen[1].assessor.username in {"shaoshan", "yuhu"}
    again = plan_assignments(xiangtan.cycle, visible([new]))
    assert fingerprint(again) == fingerprint([plan])
    assert "2" in plan.chosen[0].because  # drawn among two


def test_who_may_not_is_named_with_the_reason_and_who_is_missing(opened, people, assessors, xiangtan):
    assessment = opened()
    for name in ("assessor", "assessor2", "shaoshan"):
        person = assessors.get(name) or getattr(people, name)
        note_conflict(actor=people.office, assessment=assessment, assessor=person, reason="曾在该社区任职")
    (plan,) = plan_assignments(xiangtan.cycle, visible([assessment]))
    assert (planned([plan]), plan.missing) == ([["yuhu"]], 1)
    reasons = {refusal.assessor.username: refusal.reason.text for refusal in plan.refused}
    assert set(reasons) == {"assessor", "assessor2", "shaoshan", "xt"}
    assert "曾在该社区任职" in reasons["shaoshan"]
    assert "湘潭县" in reasons["xt"]


def test_the_plan_is_carried_out_as_it_was_looked_at_or_not_at_all(many, people, assessors, xiangtan):
    made = visible(many(2))
    seen = fingerprint(plan_assignments(xiangtan.cycle, made))
    assign_assessor(actor=people.office, assessment=made[0], assessor=assessors["yuhu"])
    todo = {"actor": people.office, "cycle": xiangtan.cycle, "assessments": made}
    with pytest.raises(StaleForm):
        assign_automatically(**todo, seen=seen)
    assert ScoreSheet.objects.count() == 1
    plans = assign_automatically(**todo, seen=fingerprint(plan_assignments(xiangtan.cycle, made)))
    assert [plan.missing for plan in plans] == [0, 0]
    assert sorted(ScoreSheet.objects.values_list("assessment", flat=True)) == sorted(
        [made[0].pk, made[0].pk, made[1].pk, made[1].pk]
    )
    assert not ScoreSheet.objects.filter(assigned_because="").exists()
    assert Message.objects.filter(url__contains="/sheets/").count() == 4
    # A second time there is nothing left to do.
    assert planned(assign_automatically(**todo)) == [[], []]
    assert list(to_assign(people.office, xiangtan.cycle)) == []


def test_only_the_office_assigns_automatically(many, people, xiangtan):
    made = visible(many(1))
    for person in (people.leader, people.county, people.assessor, people.other_city):
        with pytest.raises(DomainError):
            assign_automatically(actor=person, cycle=xiangtan.cycle, assessments=made)
    assert not ScoreSheet.objects.exists()


@pytest.mark.parametrize("count", [1, 20])
def test_queries_of_a_plan(count, many, people, assessors, xiangtan, django_assert_num_queries):
    made = visible(many(count))
    with django_assert_num_queries(7):
        plan_assignments(xiangtan.cycle, made)


def test_an_assessor_steps_back_and_is_never_assigned_again(opened, people, score, again, xiangtan):
    assessment = opened(people.assessor, people.assessor2)
    sheet = assessment.sheets.get(assessor=people.assessor)
    score(sheet, "90", hand_in=False)
    with pytest.raises(DomainError):
        declare_conflict(actor=people.assessor2, sheet=sheet, reason="亲属在该社区")
    with pytest.raises(DomainError):
        declare_conflict(actor=people.assessor, sheet=sheet, reason=" ")
    declare_conflict(actor=people.assessor, sheet=sheet, reason="亲属在该社区")
    assert [row.assessor for row in assessment.sheets.all()] == [people.assessor2]
    assert not Application.objects.visible_to(again(people.assessor)).exists()
    assert Message.objects.filter(recipient=people.office).first().body == "亲属在该社区"
    with pytest.raises(DomainError) as refusal:
        assign_assessor(actor=people.office, assessment=assessment, assessor=people.assessor)
    assert "亲属在该社区" in refusal.value.reason.text
    assert people.assessor not in free_assessors(assessment)
    (plan,) = plan_assignments(xiangtan.cycle, visible([assessment]))
    assert (planned([plan]), plan.missing) == ([[]], 1)


def test_a_sheet_handed_in_before_the_conflict_was_known_does_not_count(opened, people, score):
    assessment = opened(people.assessor, people.assessor2)
    for sheet, total in zip(assessment.sheets.order_by("assessor_id"), ("100", "86.5"), strict=True):
        score(sheet, total)
    with pytest.raises(DomainError):
        note_conflict(actor=people.leader, assessment=assessment, assessor=people.assessor, reason="亲属")
    note_conflict(actor=people.office, assessment=assessment, assessor=people.assessor, reason="亲属")
    assert str(Recusal.objects.get().withdrawn_total) == "100.00"
    with pytest.raises(DomainError):  # once
        note_conflict(actor=people.office, assessment=assessment, assessor=people.assessor, reason="亲属")
    assert str(close_assessment(actor=people.office, assessment=assessment).score) == "86.50"
    with pytest.raises(DomainError):  # too late
        declare_conflict(actor=people.assessor2, sheet=assessment.sheets.get(), reason="亲属")
    event = AuditEvent.objects.get(action="assessor.recuse")
    assert (event.reason, event.detail["total"]) == ("亲属", "100.00")


def test_assignment_by_hand_says_so(opened, people):
    assert opened(people.assessor).sheets.get().assigned_because == gettext("Chosen by the office.")


def test_the_pages_show_the_plan_and_carry_it_out(many, people, assessors, xiangtan, client):
    made = many(3)
    client.force_login(people.office, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("assessments:assign_cycle", args=[xiangtan.cycle.pk])
    page = client.get(address)
    assert (len(page.context["plans"]), page.context["count"], page.context["missing"]) == (3, 6, 0)
    client.post(address, {"seen": "something else"})
    assert not ScoreSheet.objects.exists()
    client.post(address, {"seen": page.context["seen"]})
    assert ScoreSheet.objects.count() == 6
    one = reverse("assessments:assign_automatic", args=[made[0].pk])
    assert client.get(one).context["count"] == 0
    note = reverse("assessments:conflict", args=[made[0].pk])
    out = made[0].sheets.first().assessor
    client.post(note, {"assessor": out.pk, "reason": "亲属"})
    assert not made[0].sheets.filter(assessor=out).exists()
    page = client.get(one)
    assert page.context["count"] == 1
    assert why_not_assessor(out, made[0])
