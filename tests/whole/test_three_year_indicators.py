"""Three years of one programme: the weights of 2018 change, and not a byte of what 2016 and 2017 scored, printed
and showed does.

The assessments of 2016 and 2017 are closed by the real services. Then the office publishes the next version in the
editor, or the programme file of 2018 brings it; before and after, every page, paper and table is taken and compared.
"""

import datetime
import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from applications.content import form_fields
from applications.models import Application, Cycle
from applications.services import accept, next_cycle, save_form, start_application, submit
from assessments.indicator_content import LINE_FIELDS, content_of
from assessments.models import Assessment, IndicatorSet, Score
from assessments.score_table import score_pdf, score_workbook
from assessments.scoring import most_points
from assessments.services import assign_assessor, close_assessment, hand_in_sheet, open_assessment, save_sheet
from assessments.services.indicators import publish_version, save_line, start_version
from programmes.services import load
from sites.services import award_own_plaque
from tests.applications.conftest import confirm
from tests.conftest import XIANGTAN

#: Points by year: what the community's two lines are given, all others in full.
GIVEN = {2016: Decimal("4.5"), 2017: Decimal("5.5"), 2018: Decimal("5.5")}


@pytest.fixture
def programme_file(tmp_path):
    """programme_file(2016, {"old": "new"}): the shipped file as if written for another year."""

    def write(year, changes=None):
        text = XIANGTAN.read_text(encoding="utf-8").replace("2017", str(year))
        for old, new in (changes or {}).items():
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / f"{year}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def three_years(xiangtan, people, make_site, programme_file):
    """Closed assessments of 2016 and 2017, the cycle of 2018 open, a site ready to apply in it."""
    load(programme_file(2016))
    sites = {}
    clock.set_today(datetime.date(2016, 5, 20))
    for year in GIVEN:
        sites[year] = make_site(f"{year}年社区")
        award_own_plaque(
            actor=people.county, site=sites[year], level=xiangtan.levels["county"], reason="县委统战部文件"
        )
    for year in (2016, 2017):
        clock.set_today(datetime.date(year, 5, 22))
        _assess(people, _accepted(people, sites[year], Cycle.objects.get(year=year)), close=True)
    clock.set_today(datetime.date(2018, 3, 1))
    next_cycle(
        actor=people.office, cycle=xiangtan.cycle, scheme_title="2018年方案",
        scheme_number="潭市统通〔2018〕5号", scheme_issued_on=clock.today(), approval_basis="市委批准",
        approved_by="中共湘潭市委", approval_number="潭委〔2018〕1号",
    )  # fmt: skip
    return SimpleNamespace(people=people, site=sites[2018], cycle=Cycle.objects.get(year=2018))


def _accepted(people, site, cycle) -> Application:
    rule = cycle.level_rules.select_related("cycle", "level").get(level__code="city")
    application = start_application(actor=people.county, site=site, rule=rule)
    text = {field["code"]: "组织健全，活动经常。" for field in form_fields(application)}
    save_form(actor=people.county, application=application, revision=1, data=text)
    application.refresh_from_db()
    confirm(people.county, application)
    submit(actor=people.county, application=application)
    application.refresh_from_db()
    accept(actor=people.office, application=application)
    return Application.objects.get(pk=application.pk)


def _assess(people, application: Application, *, close: bool) -> Assessment:
    """Two assessors: the first gives line 1.1 the points of the year, the second everything in full."""
    assessment = open_assessment(actor=people.office, application=application)
    short = GIVEN[application.cycle.year]
    for person, points in ((people.assessor, short), (people.assessor2, None)):
        sheet = assign_assessor(actor=people.office, assessment=assessment, assessor=person)
        lines = {}
        for line in assessment.indicator_set.indicators.exclude(kind="heading"):
            given = points if points and line.code == "1.1" else line.points
            lines[line.pk] = {"points": given, "veto": False, "evidence": ""}
        saved = save_sheet(
            actor=person, sheet=sheet, revision=sheet.revision, lines=lines, visited_on=clock.today()
        )
        hand_in_sheet(actor=person, sheet=saved)
    return close_assessment(actor=people.office, assessment=assessment) if close else assessment


def _by_editor(years, programme_file):
    """The office makes the next version: 1.1 from 6 to 10 points, 5.1 from 10 to 6."""
    people, category = years.people, years.site.category
    draft = start_version(actor=people.office, category=category, from_year=2018, version="2018.1")
    for code, points in (("1.1", Decimal(10)), ("5.1", Decimal(6))):
        line = draft.indicators.select_related("parent").get(code=code)
        values = {name: getattr(line, name) for name in LINE_FIELDS} | {"points": points}
        save_line(
            actor=people.office, indicator_set=draft, revision=draft.revision, line=line, parent=line.parent,
            code=code, **values,
        )  # fmt: skip
        draft.refresh_from_db()
    publish_version(actor=people.office, indicator_set=draft, revision=draft.revision, total=Decimal(100))


def _by_file(years, programme_file):
    """The file of 2018 brings the same change."""
    path = programme_file(2018)
    head, community, *rest = re.split(
        "(?=- category: community)|(?=- category: village)", path.read_text("utf-8")
    )
    community = community.replace("points: 6\n", "points: 60\n", 1)
    community = community.replace("points: 10\n", "points: 6\n", 1).replace("points: 60\n", "points: 10\n", 1)
    path.write_text("".join([head, community, *rest]), encoding="utf-8")
    load(path)


def _everything(years) -> dict:
    """All that can be seen of 2016 and 2017, as bytes; only the token against forged requests may differ."""
    client = Client()
    client.force_login(years.people.office)
    client.post(reverse("notices:read_all"), follow=True)  # the bell counts what came in between
    found = {}
    for assessment in Assessment.objects.filter(application__cycle__year__lt=2018).order_by("id"):
        year = assessment.application.cycle.year
        found[year, "score"] = (assessment.score, assessment.state, assessment.arithmetic)
        found[year, "marks"] = list(
            Score.objects.filter(sheet__assessment=assessment).order_by("id").values()
        )
        found[year, "set"] = content_of(assessment.indicator_set)
        found[year, "pdf"] = score_pdf(assessment)
        found[year, "xlsx"] = score_workbook(assessment)
        found[year, "page"] = _page(client, reverse("assessments:detail", args=[assessment.pk]))
        for sheet in assessment.sheets.order_by("id"):
            found[year, sheet.pk] = _page(client, reverse("assessments:sheet", args=[sheet.pk]))
    for cycle in Cycle.objects.filter(year__lt=2018):
        found[cycle.year, "dashboard"] = _page(client, reverse("dashboard:overview") + f"?cycle={cycle.pk}")
    return found


def _page(client, url: str) -> bytes:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return re.sub(rb'(name="csrfmiddlewaretoken" value=")[^"]+', rb"\1", answer.content)


@pytest.mark.parametrize("change", [_by_editor, _by_file], ids=["editor", "file"])
def test_what_earlier_years_scored_stays_byte_for_byte(three_years, programme_file, change):
    years = three_years
    before = _everything(years)
    change(years, programme_file)
    assert _everything(years) == before

    # By hand: (98.50 + 100) ÷ 2 in 2016, (99.50 + 100) ÷ 2 in 2017; 6 points the most in line 1.1.
    assert (before[2016, "score"][0], before[2017, "score"][0]) == (Decimal("99.25"), Decimal("99.75"))
    clock.set_today(datetime.date(2018, 5, 22))
    application = _accepted(years.people, years.site, years.cycle)
    assessment = _assess(years.people, application, close=False)
    lines = dict(assessment.indicator_set.indicators.values_list("code", "points"))
    assert (assessment.indicator_set.version, lines["1.1"], lines["5.1"]) == ("2018.1", 10, 6)
    assert most_points(assessment.indicator_set) == 100
    closed = close_assessment(actor=years.people.office, assessment=assessment)
    assert closed.score == Decimal("97.75")  # (95.50 + 100) ÷ 2: 5.5 of ten now
    clock.set_today(datetime.date(2018, 3, 1))
    assert _everything(years) == before
    versions = IndicatorSet.objects.filter(category=years.site.category).order_by("from_year")
    assert [(found.from_year, found.version) for found in versions] == [
        (2016, "2016.1"), (2017, "2017.1"), (2018, "2018.1"),
    ]  # fmt: skip
