"""Score sheets: desk and field part, evidence, handing back, discussion, and what the others may not see."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, StaleForm
from accounts.services import grant_role
from assessments.enums import IndicatorKind, Method
from assessments.models import Assessment, AssessmentLog, Evidence, Indicator, IndicatorSet, ScoreSheet
from assessments.rules import may_read_scores
from assessments.services import (
    add_evidence,
    assign_assessor,
    close_assessment,
    hand_in_sheet,
    record_discussion,
    remove_evidence,
    return_sheet,
    save_sheet,
    unassign_assessor,
)

DAY = datetime.date


def photo(name="现场.jpg", colour="white") -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(stream, "JPEG")
    return SimpleUploadedFile(name, stream.getvalue(), "image/jpeg")


def fresh(obj):
    return type(obj).objects.get(pk=obj.pk)


def line(sheet, **wanted) -> Indicator:
    return sheet.assessment.indicator_set.indicators.filter(**wanted).order_by("order").first()


@pytest.fixture
def both(opened, people, score):
    """An assessment with both sheets handed in: both("90", "70")."""

    def make(first, second, **rules):
        IndicatorSet.objects.update(**rules)
        assessment = opened(people.assessor, people.assessor2)
        for sheet, total in zip(assessment.sheets.order_by("assessor_id"), (first, second), strict=True):
            score(sheet, total)
        return Assessment.objects.get(pk=assessment.pk)

    return make


def own(assessment, person) -> ScoreSheet:
    return assessment.sheets.get(assessor=person)


# --- two parts ----------------------------------------------------------------------------------------------


def test_the_parts_are_saved_each_by_itself(opened, people):
    sheet = opened(people.assessor).sheets.get()
    desk, field = (
        line(sheet, kind="scored", method=Method.PAPERS),
        line(sheet, kind="scored", method=Method.VISIT),
    )

    def save(part, indicator, revision, points=2):
        lines = {indicator.pk: {"points": points, "veto": False, "evidence": ""}}
        return save_sheet(actor=people.assessor, sheet=sheet, revision=revision, lines=lines, part=part)

    # The desk on the computer and the field on the phone were both opened at revision 1.
    assert save("desk", desk, 1).revision == 2
    assert save("field", field, 1).revision == 3
    assert sheet.scores.count() == 2
    with pytest.raises(StaleForm):  # a second window of the same part
        save("desk", desk, 1)
    with pytest.raises(StaleForm):  # a revision nobody has seen
        save("desk", desk, 4)
    # A line of the other part does not slip in.
    assert save("desk", field, 3, points=0).revision == 4
    assert sheet.scores.get(indicator=field).points == 2


def test_a_visit_has_its_day(opened, people, score, on_day):
    sheet = opened(people.assessor).sheets.get()
    on_day(2017, 6, 1)
    score(sheet, "90", hand_in=False)
    ScoreSheet.objects.update(visited_on=None)
    with pytest.raises(DomainError):
        hand_in_sheet(actor=people.assessor, sheet=fresh(sheet))
    given = {"actor": people.assessor, "sheet": sheet, "lines": {}, "part": "field"}
    for day in (DAY(2017, 5, 21), DAY(2017, 6, 2)):  # before it was filed, tomorrow
        with pytest.raises(DomainError):
            save_sheet(**given, revision=fresh(sheet).revision, visited_on=day)
    save_sheet(**given, revision=fresh(sheet).revision, visited_on=DAY(2017, 5, 31))
    assert hand_in_sheet(actor=people.assessor, sheet=fresh(sheet)).visited_on == DAY(2017, 5, 31)


def test_the_page_shows_one_part_with_the_total_of_both(opened, people, signed_in):
    sheet = opened(people.assessor).sheets.get()
    indicator = line(sheet, kind="scored", method=Method.PAPERS)
    save_sheet(
        actor=people.assessor,
        sheet=sheet,
        revision=1,
        lines={indicator.pk: {"points": 3, "veto": False, "evidence": ""}},
        part="desk",
    )
    client, address = signed_in(people.assessor), reverse("assessments:sheet", args=[sheet.pk])
    form = client.get(address, {"part": "field"}).context["form"]
    assert {shown.method for shown in form.own_lines()} == {Method.VISIT}
    assert (form.total(), form.elsewhere()) == ("3", {"points": "3.00", "bonus": "0"})
    # Going to the other part saves this one.
    data = {"revision": 2, "visited_on": "2017-05-22", "go": "desk"}
    assert client.post(f"{address}?part=field", data)["Location"] == f"{address}?part=desk"
    assert fresh(sheet).visited_on == DAY(2017, 5, 22)


def test_yes_or_no_and_bonus_lines(opened, people, signed_in):
    sheet = opened(people.assessor).sheets.get()
    lines = list(sheet.assessment.indicator_set.indicators.filter(kind="scored", method="papers")[:2])
    Indicator.objects.filter(pk=lines[0].pk).update(kind=IndicatorKind.YES_NO, points=5)
    Indicator.objects.filter(pk=lines[1].pk).update(kind=IndicatorKind.BONUS, points=8)
    IndicatorSet.objects.update(bonus_cap=3)
    client, address = signed_in(people.assessor), reverse("assessments:sheet", args=[sheet.pk])
    data = {"revision": 1, f"mark_{lines[0].pk}": "3"}
    assert f"mark_{lines[0].pk}" in client.post(address, data).context["form"].errors
    client.post(address, data | {f"mark_{lines[0].pk}": "5", f"mark_{lines[1].pk}": "8"})
    form = client.get(address).context["form"]
    assert form.total() == "8"  # 5 and the bonus up to its cap
    assert [section.bonus for section in form.sections()][-1]


# --- evidence -----------------------------------------------------------------------------------------------


def test_evidence_is_kept_once_and_goes_before_handing_in_only(opened, people, score):
    sheet = opened(people.assessor).sheets.get()
    indicator = line(sheet, kind="scored")
    given = {"actor": people.assessor, "sheet": sheet, "indicator": indicator}
    first = add_evidence(**given, upload=photo())
    assert add_evidence(**given, upload=photo("再传一次.jpg")) == first
    other = add_evidence(**given, upload=photo(colour="red"))
    path = other.file.path
    for wrong in (
        {"upload": SimpleUploadedFile("木马.jpg", b"MZ not a picture")},
        {"upload": photo(), "actor": people.assessor2},
        {"upload": photo(), "actor": people.office},
        {"upload": photo(), "indicator": line(sheet, kind="heading")},
    ):
        with pytest.raises(DomainError):
            add_evidence(**given | wrong)
    with pytest.raises(DomainError):
        remove_evidence(actor=people.assessor2, evidence=other)
    remove_evidence(actor=people.assessor, evidence=other)
    assert Evidence.objects.get() == first
    assert path  # the file itself goes with the commit
    score(sheet, "90")
    for late in (
        lambda: add_evidence(**given, upload=photo(colour="blue")),
        lambda: remove_evidence(actor=people.assessor, evidence=first),
    ):
        with pytest.raises(DomainError):
            late()


def test_a_line_takes_ten_files(opened, people):
    sheet = opened(people.assessor).sheets.get()
    given = {"actor": people.assessor, "sheet": sheet, "indicator": line(sheet, kind="scored")}
    for number in range(10):
        add_evidence(**given, upload=photo(colour=(number * 20, 0, 0)))
    with pytest.raises(DomainError):
        add_evidence(**given, upload=photo(colour=(0, 200, 0)))


def test_photos_come_with_the_points_and_a_bad_one_does_not_hold_them_up(opened, people, signed_in):
    sheet = opened(people.assessor).sheets.get()
    indicator = line(sheet, kind="scored", method=Method.VISIT)
    client, address = (
        signed_in(people.assessor),
        reverse("assessments:sheet", args=[sheet.pk]) + "?part=field",
    )
    data = {
        "revision": 1,
        f"mark_{indicator.pk}": "2",
        f"file_{indicator.pk}": [photo(), SimpleUploadedFile("木马.jpg", b"MZ")],
    }
    response = client.post(address, data, follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["success", "error", "success"]
    assert sheet.scores.get(indicator=indicator).points == 2
    assert Evidence.objects.get().name == "现场.jpg"
    removed = reverse("assessments:evidence_remove", args=[Evidence.objects.get().pk])
    assert client.post(removed)["Location"] == f"{address}#line-{indicator.code}"
    assert not Evidence.objects.exists()


def test_evidence_is_for_those_who_read_the_sheet(opened, people, score, signed_in):
    assessment = opened(people.assessor, people.assessor2)
    sheet = own(assessment, people.assessor)
    file = add_evidence(
        actor=people.assessor, sheet=sheet, indicator=line(sheet, kind="scored"), upload=photo()
    )
    address = reverse("assessments:evidence", args=[file.pk])

    def readers():
        return {
            name for name, user in vars(people).items() if signed_in(user).get(address).status_code == 200
        }

    assert readers() == {"assessor", "office", "leader"}
    for each in assessment.sheets.all():
        score(each, "90")
    close_assessment(actor=people.office, assessment=assessment)
    assert readers() == {"assessor", "assessor2", "office", "leader", "county"}
    response = signed_in(people.assessor2).get(address)
    assert (response["Content-Type"], response["Content-Security-Policy"][:7]) == ("image/jpeg", "sandbox")


# --- blind until closing ------------------------------------------------------------------------------------


def test_assessors_learn_nothing_of_each_other_before_the_closing(both, people, signed_in):
    assessment = both("91.25", "73.75", spread_limit=10)
    record_discussion(actor=people.office, assessment=assessment, held_on=clock.today(), note="差在特色品牌")
    client = signed_in(people.assessor2)
    for address in (
        reverse("assessments:list"),
        reverse("assessments:list") + "?export=xlsx",
        reverse("assessments:detail", args=[assessment.pk]),
        reverse("applications:detail", args=[assessment.application_id]),
        reverse("dashboard:inbox"),
    ):
        response = client.get(address)
        body = response.getvalue().decode("utf-8", "replace")
        for secret in ("91.25", "82.5", "17.5", "差在特色品牌", ">assessor<"):
            assert secret not in body, (address, secret)
    for kind in ("xlsx", "pdf"):
        assert client.get(reverse("assessments:score_table", args=[assessment.pk, kind])).status_code == 404
    close_assessment(actor=people.office, assessment=assessment)
    body = client.get(reverse("assessments:detail", args=[assessment.pk])).content.decode()
    assert "(91.25 + 73.75) ÷ 2 = 82.50" in body
    assert "差在特色品牌" in body


def test_who_assesses_and_leads_as_well_is_blind_until_the_own_sheet_is_in(opened, people, score, again):
    grant_role(actor=None, user=people.office, role=Role.ASSESSOR, unit=people.office.unit)
    office = again(people.office)
    assessment = opened(people.assessor)
    assign_assessor(actor=office, assessment=assessment, assessor=office)
    score(own(assessment, people.assessor), "90")
    assert {sheet.assessor_id for sheet in ScoreSheet.objects.visible_to(office)} == {office.pk}
    assert not may_read_scores(office, assessment)
    score(own(assessment, office), "85")
    assert ScoreSheet.objects.visible_to(office).count() == 2
    assert may_read_scores(office, assessment)


# --- spread, discussion, handed back ------------------------------------------------------------------------


def test_a_wide_spread_is_talked_over_before_the_closing(both, people, on_day):
    assessment = both("95", "80", spread_limit=10)
    with pytest.raises(DomainError) as refusal:
        close_assessment(actor=people.office, assessment=assessment)
    assert "15" in refusal.value.reason.text
    talk = {"assessment": assessment, "note": "对品牌活动看法不同，已统一尺度"}
    for wrong in (
        {"actor": people.leader, "held_on": clock.today()},
        {"actor": people.office, "held_on": DAY(2017, 5, 21)},
        {"actor": people.office, "held_on": DAY(2017, 5, 23)},
    ):
        with pytest.raises(DomainError):
            record_discussion(**talk, **wrong)
    assert str(record_discussion(**talk, actor=people.office, held_on=clock.today()).spread) == "15.00"
    closed = close_assessment(actor=people.office, assessment=assessment)
    assert (str(closed.score), closed.arithmetic["spread"], closed.arithmetic["discussion_required"]) == (
        "87.50",
        "15.00",
        True,
    )


def test_a_spread_at_the_limit_needs_no_discussion(both, people):
    assessment = both("90", "80", spread_limit=10)
    assert close_assessment(actor=people.office, assessment=assessment).state == "passed"


def test_a_sheet_handed_back_is_reconsidered_and_keeps_its_old_total(both, people, score):
    assessment = both("95", "80", spread_limit=10)
    record_discussion(actor=people.office, assessment=assessment, held_on=clock.today(), note="讨论")
    sheet = own(assessment, people.assessor)
    for wrong in ({"actor": people.leader, "reason": "偏高"}, {"actor": people.office, "reason": " "}):
        with pytest.raises(DomainError):
            return_sheet(sheet=sheet, **wrong)
    return_sheet(actor=people.office, sheet=sheet, reason="请复核品牌一项")
    with pytest.raises(DomainError):  # it is with the assessor already
        return_sheet(actor=people.office, sheet=sheet, reason="再看")
    with pytest.raises(DomainError):  # a sheet that was in is not taken away quietly
        unassign_assessor(actor=people.office, sheet=sheet)
    with pytest.raises(DomainError):  # and the result waits for it
        close_assessment(actor=people.office, assessment=assessment)
    score(sheet, "92")
    assert [(str(row.total), row.reason) for row in sheet.returns.all()] == [("95.00", "请复核品牌一项")]
    with pytest.raises(DomainError):  # still 12 apart, and nobody has talked since
        close_assessment(actor=people.office, assessment=assessment)
    record_discussion(actor=people.office, assessment=assessment, held_on=clock.today(), note="仍有分歧")
    assert str(close_assessment(actor=people.office, assessment=assessment).score) == "86.00"
    with pytest.raises(DomainError):
        return_sheet(actor=people.office, sheet=sheet, reason="太晚")


def test_closing_late_needs_a_reason_and_says_so(both, people, on_day, signed_in):
    assessment = both("90", "80")
    on_day(2017, 12, 4)
    with pytest.raises(DomainError) as refusal:
        close_assessment(actor=people.office, assessment=assessment)
    assert refusal.value.reason.article == assessment.application.cycle.articles["acceptance"]
    client = signed_in(people.office)
    standing = client.get(reverse("assessments:list")).context["standing"]
    assert (standing.due, standing.assessed, standing.open, standing.late) == (DAY(2017, 11, 30), 0, 1, 1)
    address = reverse("assessments:close", args=[assessment.pk])
    assert client.post(address, {"reason": ""}).status_code == 200
    client.post(address, {"reason": "评分人员调整"})
    assert "评分人员调整" in AssessmentLog.objects.get().reason
    page = client.get(reverse("assessments:detail", args=[assessment.pk]))
    assert page.context["late"] == 4
    standing = client.get(reverse("assessments:list")).context["standing"]
    assert (standing.assessed, standing.open, standing.late, standing.closed_late) == (1, 0, 0, 1)


def test_the_assessor_steps_back_on_the_page(opened, people, signed_in):
    assessment = opened(people.assessor, people.assessor2)
    sheet = own(assessment, people.assessor)
    address = reverse("assessments:step_back", args=[sheet.pk])
    assert signed_in(people.assessor2).get(address).status_code == 404
    assert signed_in(people.office).get(address).status_code == 404
    client = signed_in(people.assessor)
    assert client.post(address, {"reason": ""}).status_code == 200
    assert client.post(address, {"reason": "亲属在该社区"})["Location"] == reverse("assessments:list")
    assert not ScoreSheet.objects.filter(assessor=people.assessor).exists()


def test_the_office_hands_a_sheet_back_on_the_page(both, people, signed_in):
    assessment = both("95", "80", spread_limit=10)
    sheet = own(assessment, people.assessor)
    address = reverse("assessments:send_back", args=[sheet.pk])
    for person in (people.assessor, people.leader, people.county):
        assert signed_in(person).get(address).status_code == 404
    client = signed_in(people.office)
    page = client.get(reverse("assessments:detail", args=[assessment.pk]))
    assert set(page.context["forms"]) == {"assign", "conflict", "close", "discussion"}
    client.post(address, {"reason": "请复核"})
    assert fresh(sheet).handed_in_at is None
    shown = signed_in(people.assessor).get(reverse("assessments:sheet", args=[sheet.pk]))
    assert shown.context["returned"].reason == "请复核"
    discuss = reverse("assessments:discuss", args=[assessment.pk])
    assert (
        signed_in(people.office).post(discuss, {"held_on": "2017-05-22", "note": "讨论"}).status_code == 200
    )
    assert not assessment.discussions.exists()
