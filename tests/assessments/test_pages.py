"""The pages of assessments: who gets where, what a page offers, and the steps taken there."""

import datetime
import re

import pytest
from django.urls import reverse

from accounts.enums import AuditResult, Role
from accounts.models import AuditEvent
from assessments.models import Assessment, Deliberation, Objection, ScoreSheet
from assessments.services import close_assessment, record_objection
from sites.services import update_site

DAY = datetime.date
STEPS = (
    "assign",
    "close",
    "deliberate",
    "answer",
    "notice",
    "objection",
    "decline",
    "award",
)


def fresh(obj):
    return type(obj).objects.get(pk=obj.pk)


def offered(response) -> set[str]:
    """Which of the assessment's own steps the forms of a page send to."""
    html = response.content.decode()
    return {step for step in (*STEPS, "unassign", "decide") if f"/{step}/" in html}


# --- who gets where ---------------------------------------------------------------------------------------

PAGES = {
    # name: the people who get the page; for everybody else it is not there
    "list": {
        "county",
        "neighbour",
        "office",
        "leader",
        "assessor",
        "assessor2",
        "auditor",
        "system_admin",
        "security_admin",
        "other_city",
        "other_county",
        "nobody",
    },
    "detail": {"county", "office", "leader", "assessor", "assessor2"},
    "sheet": {"office", "leader", "assessor"},
    "ranking": {"office", "leader"},
}


@pytest.fixture
def addresses(opened, people):
    assessment = opened(people.assessor, people.assessor2)
    sheet = assessment.sheets.get(assessor=people.assessor)
    return {
        "list": reverse("assessments:list"),
        "detail": reverse("assessments:detail", args=[assessment.pk]),
        "sheet": reverse("assessments:sheet", args=[sheet.pk]),
        "ranking": reverse("assessments:ranking"),
    }


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_for_those_who_may_see_them(page, addresses, people, signed_in):
    seen = {name: signed_in(user).get(addresses[page]).status_code for name, user in vars(people).items()}
    assert {name for name, status in seen.items() if status == 200} == PAGES[page]
    assert set(seen.values()) <= {200, 404}


def test_without_signing_in_everything_leads_to_the_login(addresses, client):
    for address in addresses.values():
        response = client.get(address)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_404_for_neighbours_and_read_only_by_get(step, passed, people, signed_in):
    assessment = passed()
    address = reverse(f"assessments:{step}", args=[assessment.pk])
    for person in (people.neighbour, people.other_city, people.other_county, people.nobody):
        assert signed_in(person).post(address).status_code == 404
    assert signed_in(people.office).get(address).status_code == 302
    assert fresh(assessment).state == "passed"


def words(answer) -> str:
    """What a person reads on a page: no tags, whose times carry any digits."""
    return re.sub(r"<[^>]+>", " ", answer.content.decode().split("<main", 1)[1])


@pytest.mark.parametrize("name", ["sheet", "hand_in", "unassign"])
def test_another_assessors_sheet_is_not_there_before_closing(name, opened, people, score, signed_in):
    assessment = opened(people.assessor, people.assessor2)
    sheet = assessment.sheets.get(assessor=people.assessor)
    address = reverse(f"assessments:{name}", args=[sheet.pk])
    for person in (people.assessor2, people.county, people.neighbour, people.other_city):
        assert signed_in(person).post(address).status_code == 404
    score(sheet, "90")
    assert signed_in(people.assessor2).post(address).status_code == 404
    shown = reverse("assessments:detail", args=[assessment.pk])
    assert "90.00" not in words(signed_in(people.assessor2).get(shown))
    assert "90.00" in words(signed_in(people.office).get(shown))


def test_after_closing_the_scope_reads_the_sheets(passed, people, signed_in):
    sheet = passed().sheets.get()
    address = reverse("assessments:sheet", args=[sheet.pk])
    for person in (people.county, people.office, people.leader, people.assessor):
        response = signed_in(person).get(address)
        assert response.status_code == 200
        assert "86.50" in response.content.decode()
    assert signed_in(people.neighbour).get(address).status_code == 404


def test_a_sheet_not_handed_in_shows_no_points_to_the_office(opened, people, score, signed_in):
    sheet = opened(people.assessor).sheets.get()
    score(sheet, "63.5", hand_in=False)
    response = signed_in(people.office).get(reverse("assessments:sheet", args=[sheet.pk]))
    assert response.status_code == 200
    assert response.context["table"] == []


# --- what the page offers ---------------------------------------------------------------------------------


def test_only_the_steps_one_may_take_are_offered(passed, people, signed_in):
    page = reverse("assessments:detail", args=[passed().pk])
    assert offered(signed_in(people.leader).get(page)) == {"deliberate"}
    for person in (people.office, people.county, people.assessor):
        assert offered(signed_in(person).get(page)) == set()


def test_the_office_is_offered_what_comes_next(opened, approved, noticed, people, signed_in, on_day):
    client = signed_in(people.office)

    def steps(assessment):
        return offered(client.get(reverse("assessments:detail", args=[assessment.pk])))

    running = opened(people.assessor, name="甲", category="park", level="province")
    assert steps(running) == {"assign", "unassign"}  # closing waits for the sheet
    Assessment.objects.filter(pk=running.pk).update(state="approved", score=86)
    assert steps(running) == set()  # sent up with the others, from the ranked list
    noticing = noticed(name="乙", category="village")
    assert steps(noticing) == {"objection", "decline"}
    record_objection(
        actor=people.office, notice=noticing.notice, received_on=DAY(2017, 5, 22), text="数据不实"
    )
    assert steps(noticing) == {"objection", "decline", "decide"}
    Objection.objects.update(outcome="dismissed", findings="不属实")
    on_day(2017, 5, 31)
    assert steps(noticing) == {"objection", "decline", "award"}


def test_the_award_says_why_not_yet_and_from_when(noticed, people, signed_in):
    response = signed_in(people.office).get(reverse("assessments:detail", args=[noticed().pk]))
    refusal = response.context["why_not_award"]
    assert "2017年5月26日" in refusal.text
    assert refusal.earliest == DAY(2017, 5, 27)
    assert 'aria-describedby="why-not-award"' in response.content.decode()
    assert "2017-05-22" in response.content.decode()  # the days listed
    assert response.context["notice_days"] == [DAY(2017, 5, day) for day in (22, 23, 24, 25, 26)]


def test_the_steps_are_those_of_the_level(approved, people, signed_in):
    def stairs(assessment):
        page = signed_in(people.county).get(reverse("assessments:detail", args=[assessment.pk]))
        return [stair.state for stair in page.context["stairs"]]

    # filed, acceptance, deliberation, recommendation, answer, plaque
    assert stairs(approved(level="province")) == ["done", "done", "done", "now", "todo", "todo"]


@pytest.mark.parametrize(
    ("state", "log", "stairs"),
    [
        ("scoring", None, ["done", "now", "todo", "todo", "todo"]),
        ("failed", "scoring", ["done", "ended", "todo", "todo", "todo"]),
        ("passed", None, ["done", "done", "now", "todo", "todo"]),
        ("declined", "passed", ["done", "done", "ended", "todo", "todo"]),
        ("approved", None, ["done", "done", "done", "now", "todo"]),
        ("awarded", None, ["done", "done", "done", "done", "done"]),
    ],
)
def test_where_a_city_assessment_stands(state, log, stairs, opened, people, signed_in):
    assessment = opened()
    Assessment.objects.update(state=state, score=80)
    if log:
        assessment.log.create(
            action="x", from_state=log, to_state=state, at=assessment.started_at, row_hash="x"
        )
    page = signed_in(people.office).get(reverse("assessments:detail", args=[assessment.pk]))
    assert [stair.state for stair in page.context["stairs"]] == stairs


def test_the_notice_is_now_until_it_is_over(noticed, people, signed_in, on_day):
    page = reverse("assessments:detail", args=[noticed().pk])

    def last_two():
        return [stair.state for stair in signed_in(people.office).get(page).context["stairs"]][-2:]

    on_day(2017, 5, 26)
    assert last_two() == ["now", "todo"]
    on_day(2017, 5, 27)
    assert last_two() == ["done", "now"]


def test_the_history_begins_with_the_opening(opened, people, score, signed_in):
    assessment = opened(people.assessor)
    address = reverse("assessments:detail", args=[assessment.pk])

    def lines(person):
        page = signed_in(person).get(address, headers={"accept-language": "en"})
        return [(event.to_label, event.actor and event.actor.username) for event in page.context["history"]]

    signed_in(people.office).cookies["django_language"] = "en"
    assert lines(people.office) == [("Assessment opened", None), ("Assigned: assessor", None)]
    score(assessment.sheets.get(), "86.5")
    close_assessment(actor=people.office, assessment=assessment)
    assert lines(people.office) == [
        ("Assessment opened", None),
        ("Assigned: assessor", None),
        ("Score sheet handed in", "assessor"),
        ("Passed, awaiting deliberation", "office"),
    ]


def test_the_county_does_not_learn_who_assesses_before_closing(opened, people, signed_in):
    assessment = opened(people.assessor)
    page = signed_in(people.county).get(reverse("assessments:detail", args=[assessment.pk]))
    assert len(page.context["history"]) == 1


def test_a_site_changed_during_the_assessment_asks_the_deciders_for_another_look(opened, people, signed_in):
    assessment = opened(people.assessor)
    address = reverse("assessments:detail", args=[assessment.pk])
    site = assessment.application.site
    update_site(actor=people.county, site=site, revision=site.revision, address="新路2号")
    for decider in (people.office, people.leader):
        look = signed_in(decider).get(address).context["another_look"]
        assert look.changes == [("地址", "某路1号", "新路2号")]
    assert signed_in(people.county).get(address).context["another_look"] is None


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_a_page_with_many_sheets(
    count, opened, people, score, make_user, xiangtan, signed_in, django_assert_num_queries
):
    assessors = [make_user(f"a{number}", Role.ASSESSOR, xiangtan.city) for number in range(count)]
    assessment = opened(*assessors)
    for sheet in assessment.sheets.select_related("assessor"):
        score(sheet, "80")
    client = signed_in(people.office)
    with django_assert_num_queries(37):
        client.get(reverse("assessments:detail", args=[assessment.pk]))


# --- steps taken on the page ------------------------------------------------------------------------------


def test_the_office_opens_assigns_and_takes_back(accepted, people, signed_in):
    application = accepted()
    client = signed_in(people.office)
    response = client.post(reverse("assessments:start", args=[application.pk]))
    assessment = Assessment.objects.get()
    detail = reverse("assessments:detail", args=[assessment.pk])
    assert response["Location"] == detail
    assert client.post(reverse("assessments:start", args=[application.pk]))["Location"] == detail
    assign = reverse("assessments:assign", args=[assessment.pk])
    assert client.post(assign, {"assessor": people.assessor.pk})["Location"] == detail
    refused = client.post(assign, {"assessor": people.county.pk})
    assert refused.status_code == 200
    assert refused.context["forms"]["assign"].errors["assessor"]
    sheet = ScoreSheet.objects.get()
    assert client.post(reverse("assessments:unassign", args=[sheet.pk]))["Location"] == detail
    assert not ScoreSheet.objects.exists()


def test_the_county_cannot_start(accepted, people, signed_in):
    response = signed_in(people.county).post(reverse("assessments:start", args=[accepted().pk]))
    assert response.status_code == 302
    assert not Assessment.objects.exists()
    assert AuditEvent.objects.get(action="assessment.open").result == AuditResult.REFUSED


def test_a_crafted_step_changes_nothing_and_is_on_the_audit_trail(passed, people, signed_in):
    assessment = passed()
    response = signed_in(people.county).post(
        reverse("assessments:deliberate", args=[assessment.pk]),
        {"held_on": "2017-05-22", "minutes_number": "12号", "approved": "yes", "opinion": "同意"},
    )
    assert response.status_code == 200
    assert fresh(assessment).state == "passed"
    assert not Deliberation.objects.exists()
    event = AuditEvent.objects.get(action="assessment.approve")
    assert (event.result, event.actor) == (AuditResult.REFUSED, people.county)


def test_a_wrong_form_comes_back_with_what_was_typed(passed, people, signed_in):
    assessment = passed()
    typed = {"held_on": "2017-02-31", "minutes_number": "12号", "approved": "", "opinion": "同意推荐"}
    response = signed_in(people.leader).post(reverse("assessments:deliberate", args=[assessment.pk]), typed)
    form = response.context["forms"]["deliberation"]
    assert set(form.errors) == {"held_on", "approved"}
    assert "同意推荐" in response.content.decode()
    response = signed_in(people.leader).post(
        reverse("assessments:deliberate", args=[assessment.pk]),
        typed | {"held_on": "2017-05-23", "approved": "yes"},  # tomorrow: the service says so
    )
    assert "同意推荐" in response.content.decode()
    assert fresh(assessment).state == "passed"


def test_the_second_of_two_officers_is_told(approved, people, signed_in):
    assessment = approved()
    address = reverse("assessments:notice", args=[assessment.pk])
    client = signed_in(people.office)
    assert client.post(address, {"starts_on": "2017-05-22"}).status_code == 302
    response = client.post(address, {"starts_on": "2017-05-22"})
    assert response.status_code == 200
    assert [message.level_tag for message in response.context["messages"]][-1] == "error"
    assert fresh(assessment).notice.starts_on == DAY(2017, 5, 22)


def test_city_from_closing_to_plaque_on_the_pages(opened, people, score, signed_in, on_day):
    assessment = opened(people.assessor)
    score(assessment.sheets.get(), "86.5")

    def post(person, step, **data):
        response = signed_in(person).post(reverse(f"assessments:{step}", args=[assessment.pk]), data)
        assert response.status_code == 302, response.context["forms"]
        return fresh(assessment).state

    assert post(people.office, "close") == "passed"
    assert (
        post(
            people.leader,
            "deliberate",
            held_on="2017-05-22",
            minutes_number="12号",
            approved="yes",
            opinion="同意",
        )
        == "approved"
    )
    assert post(people.office, "notice", starts_on="2017-05-22") == "noticed"
    assert post(people.office, "objection", received_on="2017-05-22", text="数据不实") == "noticed"
    decide = reverse("assessments:objection_decide", args=[Objection.objects.get().pk])
    response = signed_in(people.office).post(decide, {"upheld": "no", "findings": "不属实"})
    assert response.status_code == 302
    on_day(2017, 5, 31)
    assert post(people.office, "award", awarded_on="2017-05-31") == "awarded"
    page = signed_in(people.county).get(reverse("assessments:detail", args=[assessment.pk]))
    assert page.context["plaque"].number == "潭同社〔2017〕1号"


def test_province_recommendation_and_answer_on_the_pages(approved, people, signed_in):
    assessment = approved(level="province")
    client = signed_in(people.office)
    page = client.get(reverse("assessments:detail", args=[assessment.pk]))
    assert page.context["may_rank"]
    listed = reverse("assessments:ranking")
    page = client.get(listed, {"level": assessment.application.level_id})
    assert page.context["waiting"][0].form["rank"].value() == 1
    sent = {f"s{assessment.pk}-rank": "1", f"s{assessment.pk}-reason": "", "sent_on": "2017-05-22"}
    client.post(f"{listed}?level={assessment.application.level_id}", sent)
    answer = reverse("assessments:answer", args=[assessment.pk])
    given = {"answered_on": "2017-05-22", "answer_number": "湘统函〔2017〕88号"}
    response = client.post(answer, given | {"confirmed": "yes"})
    assert set(response.context["forms"]["answer"].errors) == {"plaque_number"}
    response = client.post(answer, given | {"confirmed": "no"})
    assert set(response.context["forms"]["answer"].errors) == {"reason"}
    client.post(answer, given | {"confirmed": "yes", "plaque_number": "湘同〔2017〕17号"})
    assert fresh(assessment).state == "confirmed"
    page = client.get(reverse("assessments:detail", args=[assessment.pk]))
    assert page.context["number"] == "湘同〔2017〕17号"
    client.post(reverse("assessments:award", args=[assessment.pk]), {"awarded_on": "2017-05-22"})
    assert fresh(assessment).state == "awarded"


def test_objections_of_another_city_cannot_be_decided(noticed, people, signed_in):
    objection = record_objection(
        actor=people.office, notice=noticed().notice, received_on=DAY(2017, 5, 22), text="数据不实"
    )
    address = reverse("assessments:objection_decide", args=[objection.pk])
    for person in (people.other_city, people.neighbour):
        assert signed_in(person).post(address, {"upheld": "no", "findings": "x"}).status_code == 404
    signed_in(people.county).post(address, {"upheld": "no", "findings": "x"})
    assert Objection.objects.get().outcome == "open"
    page = signed_in(people.county).get(reverse("assessments:detail", args=[objection.notice.assessment_id]))
    assert "数据不实" not in page.content.decode()
