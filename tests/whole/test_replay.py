"""Xiangtan 2015–2019 with made-up sites under the real rules: who is reviewed each August, and what failing costs.

Every plaque is applied for, assessed, put on notice and awarded in its own year, through the services people use.
"""

import datetime

import pytest
from django.utils import translation

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import Unit, User
from accounts.staircase import broken_rows
from applications.content import form_fields
from applications.models import Application, Cycle, LevelRule
from applications.services import accept, next_cycle, save_form, start_application, submit
from assessments.letters import make_letters
from assessments.models import (
    Assessment,
    ProposalLog,
    Review,
    ReviewedPlaque,
    ReviewLog,
    RevocationLetter,
    RevocationProposal,
)
from assessments.reviewing.work import draw_due_lists
from assessments.scoring import COUNTED
from assessments.services import (
    assign_assessor,
    award,
    close_assessment,
    decide_proposal,
    deliberate,
    fail_review,
    hand_in_sheet,
    open_assessment,
    pass_review,
    publish_notice,
    recommend,
    record_answer,
    record_review_visit,
    report_review,
    save_review,
    save_sheet,
)
from programmes.files import read
from programmes.services import load_file
from sites.models import Plaque, PlaqueLog, Programme, Site
from sites.services import award_own_plaque, register_site
from tests.applications.conftest import confirm
from tests.assessments.reviewing import filled_in
from tests.conftest import XIANGTAN


class City:
    """The programme's people, doing in a given year what the scheme asks of them."""

    def __init__(self, make_user, folder):
        self.at(2014, 5, 20)
        text = XIANGTAN.read_text(encoding="utf-8").replace("2017", "2014")
        early = folder / "xiangtan-2014.yaml"
        early.write_text(text, encoding="utf-8")
        load_file(read(early))
        self.programme = Programme.objects.get()
        city = self.programme.owner
        self.areas = {unit.name: unit for unit in Unit.objects.areas()}
        self.staff = {
            name: make_user(f"staff{unit.pk}", Role.UNIT_STAFF, unit) for name, unit in self.areas.items()
        }
        self.office = make_user("office", Role.OFFICE, city)
        self.leader = make_user("leader", Role.LEADER, city)
        self.assessor = make_user("assessor", Role.ASSESSOR, city)

    def at(self, year, month, day):
        clock.set_today(datetime.date(year, month, day))
        for name in ("office", "leader", "assessor"):
            if hasattr(self, name):
                setattr(self, name, User.objects.get(pk=getattr(self, name).pk))

    def cycle(self) -> Cycle:
        return Cycle.objects.get(programme=self.programme, year=clock.today().year)

    def open_year(self, year):
        """2017 by its real file, the others by the rules of the year before."""
        self.at(year, 5, 20)
        if year == 2017:
            load_file(read(XIANGTAN))
            return
        scheme = {"scheme_title": f"{year}年度实施方案", "scheme_number": f"潭市统通〔{year}〕5号"}
        approval = {"approval_basis": "领导小组文件", "approved_by": "领导小组", "approval_number": "1号"}
        before = Cycle.objects.get(programme=self.programme, year=year - 1)
        next_cycle(
            actor=self.office, cycle=before, scheme_issued_on=clock.today(), approval_valid_until=None,
            **scheme, **approval,
        )  # fmt: skip

    def new_site(self, name, area) -> Site:
        site = register_site(
            actor=self.staff[area], programme=self.programme, area=self.areas[area], name=name,
            category=self.programme.categories.get(code="community"), address="某路1号",
            person_in_charge="主任",
        )  # fmt: skip
        level = self.programme.levels.get(code="county")
        award_own_plaque(actor=self.staff[area], site=site, level=level, reason="县委统战部文件")
        return site

    def apply(self, site, level) -> Application:
        staff = self.staff[site.area.name]
        rule = LevelRule.objects.get(cycle=self.cycle(), level__code=level)
        application = start_application(actor=staff, site=site, rule=rule)
        text = {field["code"]: "组织健全，活动经常。" for field in form_fields(application)}
        application = save_form(actor=staff, application=application, revision=1, data=text)
        confirm(staff, application)
        application = submit(actor=staff, application=application)
        accept(actor=self.office, application=application)
        return application

    def pass_assessment(self, application) -> Assessment:
        year = clock.today().year
        self.at(year, 11, 10)
        assessment = open_assessment(actor=self.office, application=application)
        sheet = assign_assessor(actor=self.office, assessment=assessment, assessor=self.assessor)
        lines = {
            row.pk: {
                "points": row.points if row.kind in COUNTED else None, "veto": False, "evidence": "",
            }
            for row in assessment.indicator_set.indicators.all()
            if row.kind in COUNTED or row.is_veto
        }  # fmt: skip
        sheet = save_sheet(
            actor=self.assessor, sheet=sheet, revision=sheet.revision, lines=lines, visited_on=clock.today()
        )
        hand_in_sheet(actor=self.assessor, sheet=sheet)
        close_assessment(actor=self.office, assessment=assessment)
        deliberate(
            actor=self.leader, assessment=assessment, held_on=clock.today(), approved=True, opinion="同意",
            minutes_number=f"部务会纪要〔{year}〕20号",
        )  # fmt: skip
        return Assessment.objects.get(pk=assessment.pk)

    def award_city(self, name, area, year) -> Site:
        """From registration to the city plaque, awarded on the last day of November."""
        self.at(year, 5, 22)
        site = self.new_site(name, area)
        assessment = self.pass_assessment(self.apply(site, "city"))
        publish_notice(actor=self.office, assessment=assessment, starts_on=clock.today())
        self.at(year, 11, 30)
        award(actor=self.office, assessment=Assessment.objects.get(pk=assessment.pk))
        return site

    def award_province(self, site, year) -> None:
        self.at(year, 5, 22)
        assessment = self.pass_assessment(self.apply(site, "province"))
        sent = recommend(
            actor=self.office, assessment=assessment, rank=1, reason="成效突出", sent_on=clock.today()
        )
        record_answer(
            actor=self.office, recommendation=sent, confirmed=True, answered_on=clock.today(),
            answer_number="湘统函〔2017〕9号", plaque_number="湘同社〔2017〕30号",
        )  # fmt: skip
        self.at(year, 11, 30)
        award(actor=self.office, assessment=Assessment.objects.get(pk=assessment.pk))

    def august(self, year) -> list[tuple[str, str]]:
        """The list the scheduled work draws on 1 August: (site, level of the plaque)."""
        self.at(year, 8, 1)
        draw_due_lists()
        rows = ReviewedPlaque.objects.filter(review__cycle=self.cycle())
        return sorted((row.review.site.name, row.plaque.level.code) for row in rows.select_related())

    def look_at(self, name) -> Review:
        """The county reports, the office goes there."""
        review = Review.objects.get(cycle=self.cycle(), site__name=name)
        staff = self.staff[review.area.name]
        save_review(actor=staff, review=review, revision=1, data=filled_in(review))
        report_review(actor=staff, review=review)
        record_review_visit(
            actor=self.office, review=review, visited_on=clock.today(), group="督导组",
            findings="现场查看", opinion="pass",
        )  # fmt: skip
        return review


@pytest.fixture
def city(db, make_user, tmp_path) -> City:
    return City(make_user, tmp_path)


def test_xiangtan_2015_to_2019(city):
    city.award_city("甲社区", "湘潭县", 2014)
    city.open_year(2015)
    assert city.august(2015) == []
    failing = city.award_city("乙社区", "湘潭县", 2015)
    climbing = city.award_city("丙社区", "韶山市", 2015)
    city.open_year(2016)
    assert city.august(2016) == [("甲社区", "city")]
    city.award_city("丁社区", "湘潭县", 2016)
    city.open_year(2017)

    # August 2017: exactly the sites of 2015 and before.
    assert city.august(2017) == [("丙社区", "city"), ("乙社区", "city"), ("甲社区", "city")]
    for name in ("甲社区", "丙社区"):
        pass_review(actor=city.office, review=city.look_at(name))
    fail_review(actor=city.office, review=city.look_at("乙社区"), findings="两年未开展活动，台账缺失")
    city.at(2017, 8, 28)
    decide_proposal(
        actor=city.leader, proposal=RevocationProposal.objects.get(), approved=True,
        minutes_number="部务会纪要〔2017〕15号", opinion="同意收回",
    )  # fmt: skip
    lost = Plaque.objects.get(site=failing, level__code="city")
    assert (lost.state, lost.ended_on, lost.number) == (
        "revoked",
        datetime.date(2017, 8, 28),
        "潭同社〔2015〕1号",
    )
    assert make_letters() == 1
    assert RevocationLetter.objects.get().plaque == lost
    city.award_province(climbing, 2017)

    # 2018: no province application without the city plaque, and the refusal says how it was lost.
    city.open_year(2018)
    with translation.override("en"), pytest.raises(DomainError) as refused:
        city.apply(failing, "province")
    assert refused.value.reason.text == (
        "The site holds no valid plaque of the level below: City level. "
        "The plaque 潭同社〔2015〕1号 was revoked on 28 August 2017."
    )
    assert refused.value.reason.article == "潭市统通〔2017〕5号 第六部分第4点"
    assert city.august(2018) == [("丁社区", "city"), ("丙社区", "city"), ("甲社区", "city")]

    # 2019: the plaques of 2017 join, the province's among them.
    city.open_year(2019)
    assert city.august(2019) == [
        ("丁社区", "city"),
        ("丙社区", "city"),
        ("丙社区", "province"),
        ("甲社区", "city"),
    ]
    known = Review.objects.get(cycle=city.cycle(), site=climbing).prefill
    assert (known["venues"]["source"], known["venues"]["as_of"]) == ("last_review:venues", "2017-08-01")
    for log, rows in (
        (ReviewLog, Review.objects.all()),
        (ProposalLog, RevocationProposal.objects.all()),
        (PlaqueLog, Plaque.objects.all()),
    ):
        assert [broken_rows(log, row) for row in rows] == [[] for _row in rows]
