"""A year of 湘潭县 and 韶山市 played by the services, day by day, so that every step has its row in a log.

| day    | what happened |
|--------|---------------|
| 22 May | eleven sites, county plaques; 湘潭县 gets three extra places at city level on the 23rd |
| 24 May | 湘潭县 files 甲 乙 丙 戊 (city) and 丁 (province); 韶山市 files 己 (city) |
| 25 May | 甲 乙 戊 accepted, 丙 returned; findings 1, 2 (due 8 June) and 3 (due 31 May) |
| 27 May | 己 withdrawn |
| 30 May | 韶山市 may file until 7 June; 庚 begun as a draft |
| 2 June | 丁 refused; finding 2 gets until 15 June |
| 6 June | assessments of 甲 and 戊 opened; finding 3 reported, overdue |
| 8 June | 甲 passed and approved, on public notice from the 9th; 戊 not passed |
| 12 June | 湘潭县 holds its joint conference and reports the first task |
| 13 June | finding 3 closed; finding 1, overdue, reported on the 14th |
| 20 June | 甲 awarded; finding 1 reopened, due 30 June |
| 1 Aug  | review of 辛 壬 癸, reports due 14 August |
| 7 Aug  | 辛 reported, visited on the 9th, passed; 壬 reported, visited, failed on the 10th |
| 21 Aug | the city plaque of 壬 taken back |
"""

import datetime
from decimal import Decimal
from itertools import groupby
from types import SimpleNamespace

from accounts import clock
from accounts.models import User
from applications.content import form_fields
from applications.models import Application
from applications.services import (
    accept,
    grant_extension,
    grant_extra_place,
    refuse,
    return_for_correction,
    save_form,
    start_application,
    submit,
    withdraw,
)
from assessments.models import Assessment, Review, RevocationProposal
from assessments.scoring import COUNTED
from assessments.services import (
    assign_assessor,
    award,
    close_assessment,
    decide_proposal,
    deliberate,
    draw_reviews,
    fail_review,
    hand_in_sheet,
    open_assessment,
    pass_review,
    publish_notice,
    report_review,
    save_review,
    save_sheet,
)
from sites.services import award_own_plaque, confirm_plaque, register_plaque
from supervision.models import Finding, SupervisionGroup, Task
from supervision.services import join_group, record_finding
from supervision.services.coordination import ask_extension, decide_extension
from supervision.services.findings import recheck_finding, report_finding
from supervision.services.meetings import hold_meeting, plan_meeting
from supervision.services.tasks import report_done
from tests.applications.conftest import confirm, png
from tests.assessments.reviewing import filled_in, look_at

TODAY = datetime.date(2017, 9, 15)
#: Name, category, county.
SITES = (
    ("甲", "community", "湘潭县"),
    ("乙", "village", "湘潭县"),
    ("丙", "park", "湘潭县"),
    ("丁", "project", "湘潭县"),
    ("戊", "community", "湘潭县"),
    ("己", "community", "韶山市"),
    ("庚", "village", "韶山市"),
    ("辛", "community", "湘潭县"),
    ("壬", "village", "湘潭县"),
    ("癸", "project", "韶山市"),
    ("子", "project", "湘潭县"),
)


class Year:
    """Plays the year; afterwards the clock stands on 15 September."""

    def __init__(self, xiangtan, people, make_site, make_user):
        self.x, self.people, self.make_site = xiangtan, people, make_site
        self.group = SupervisionGroup.objects.get(areas__area=xiangtan.areas["湘潭县"])
        member = make_user("visitor", None, xiangtan.city)
        join_group(actor=people.office, group=self.group, user=member)
        self.member = User.objects.get(pk=member.pk)
        self.sites: dict = {}
        self.filed: dict[str, Application] = {}

    def play(self, more=(), evening=lambda: None) -> SimpleNamespace:
        """`more` are further acts (month, day, act), after those of the same day; `evening` ends each of the days."""
        acts = (
            (5, 22, self.register),
            (5, 23, self.more_places),
            (5, 24, self.file_all),
            (5, 25, self.check),
            (
                5,
                27,
                lambda: withdraw(actor=self.people.neighbour, application=self.fresh("己"), reason="推迟"),
            ),
            (5, 30, self.later_day),
            (6, 2, self.refuse_and_extend),
            (6, 6, self.open),
            (6, 8, self.decide),
            (6, 12, self.meet_and_report),
            (6, 13, self.close_finding),
            (6, 14, lambda: self.report_back(0)),
            (6, 20, self.end),
            (8, 1, lambda: draw_reviews(actor=self.people.office, cycle=self.x.cycle)),
            (8, 7, self.report_reviews),
            (8, 9, self.visit),
            (8, 10, self.judge),
            (8, 21, self.take_back),
        )
        for day, of_day in groupby(sorted((*acts, *more), key=lambda one: one[:2]), key=lambda one: one[:2]):
            clock.set_today(datetime.date(2017, *day))
            for _month, _day, act in of_day:
                act()
            evening()
        clock.set_today(TODAY)
        return SimpleNamespace(sites=self.sites, filed=self.filed, findings=self.findings, group=self.group)

    def staff(self, name: str) -> User:
        return self.people.county if self.sites[name].area.name == "湘潭县" else self.people.neighbour

    def fresh(self, name: str) -> Application:
        return Application.objects.get(pk=self.filed[name].pk)

    # --- May ----------------------------------------------------------------------------------------------

    def register(self):
        for name, category, area in SITES:
            site = self.sites[name] = self.make_site(name, category=category, area=area)
            if name in "甲乙丙戊己庚":
                award_own_plaque(
                    actor=self.staff(name), site=site, level=self.x.levels["county"], reason="县委统战部文件"
                )
        for name in "丁辛壬癸":
            plaque = register_plaque(
                actor=self.staff(name),
                site=self.sites[name],
                level=self.x.levels["city"],
                number=f"潭同〔2014〕{name}号",
                awarded_on=datetime.date(2014, 11, 20) if name != "丁" else datetime.date(2016, 1, 20),
                paper=png(),
            )
            confirm_plaque(actor=self.people.office, plaque=plaque)

    def more_places(self):
        for reason in ("考察一", "考察二", "考察三"):
            grant_extra_place(
                actor=self.people.office,
                cycle=self.x.cycle,
                level=self.x.levels["city"],
                area=self.x.areas["湘潭县"],
                reason=reason,
            )

    def file_all(self):
        for name in "甲乙丙戊己":
            self.file(name, "city")
        self.file("丁", "province")

    def begin(self, name: str, level: str) -> Application:
        application = start_application(
            actor=self.staff(name), site=self.sites[name], rule=self.x.rules[level]
        )
        text = {field["code"]: "组织健全，活动经常。" for field in form_fields(application)}
        self.filed[name] = save_form(
            actor=self.staff(name), application=application, revision=application.revision, data=text
        )
        return self.filed[name]

    def file(self, name: str, level: str):
        application = self.begin(name, level)
        confirm(self.staff(name), application)
        submit(actor=self.staff(name), application=application)

    def check(self):
        for name in "甲乙戊":
            accept(actor=self.people.office, application=self.fresh(name))
        return_for_correction(actor=self.people.office, application=self.fresh("丙"), reason="缺照片")
        first, second, third = (
            self.find("辛", datetime.date(2017, 6, 8)),
            self.find("壬", datetime.date(2017, 6, 8)),
            self.find("子", datetime.date(2017, 5, 31)),
        )
        self.findings = [first, second, third]

    def find(self, name: str, due_on: datetime.date) -> Finding:
        site = self.sites[name]
        return record_finding(
            actor=self.member,
            group=self.group,
            cycle=self.x.cycle,
            kind="defect",
            severity="major",
            text="活动室漏雨。",
            owner=self.x.areas["湘潭县"],
            unit=site.unit,
            area=site.area,
            site=site,
            due_on=due_on,
        )

    def later_day(self):
        grant_extension(
            actor=self.people.office,
            cycle=self.x.cycle,
            area=self.x.areas["韶山市"],
            until=datetime.date(2017, 6, 7),
            reason="汛期",
        )
        self.begin("庚", "city")

    # --- June ---------------------------------------------------------------------------------------------

    def refuse_and_extend(self):
        refuse(actor=self.people.office, application=self.fresh("丁"), reason="材料不实")
        asked = ask_extension(
            actor=self.people.county,
            finding=self.findings[1],
            until=datetime.date(2017, 6, 15),
            reason="等待材料",
        )
        decide_extension(actor=self.member, extension=asked, granted=True, reason="同意")

    def open(self):
        for name in "甲戊":
            assessment = open_assessment(actor=self.people.office, application=self.fresh(name))
            assign_assessor(actor=self.people.office, assessment=assessment, assessor=self.people.assessor)
        self.report_back(2)

    def report_back(self, place: int):
        report_finding(actor=self.people.county, finding=self.findings[place], text="已修好")

    def decide(self):
        for name, points in (("甲", "86.5"), ("戊", "40")):
            self.score(self.assessment(name), Decimal(points))
            close_assessment(actor=self.people.office, assessment=self.assessment(name))
        deliberate(
            actor=self.people.leader,
            assessment=self.assessment("甲"),
            held_on=clock.today(),
            minutes_number="纪要〔2017〕12号",
            approved=True,
            opinion="同意",
        )
        publish_notice(
            actor=self.people.office, assessment=self.assessment("甲"), starts_on=datetime.date(2017, 6, 9)
        )

    def assessment(self, name: str) -> Assessment:
        return Assessment.objects.get(application=self.filed[name])

    def score(self, assessment: Assessment, left: Decimal):
        sheet, lines = assessment.sheets.get(), {}
        for indicator in assessment.indicator_set.indicators.all():
            if indicator.kind in COUNTED:
                points = min(indicator.points, left) if indicator.kind != "yes_no" else Decimal(0)
                left -= points
                lines[indicator.pk] = {"points": points, "veto": False, "evidence": ""}
            elif indicator.is_veto:
                lines[indicator.pk] = {"points": None, "veto": False, "evidence": ""}
        saved = save_sheet(
            actor=self.people.assessor,
            sheet=sheet,
            revision=sheet.revision,
            lines=lines,
            visited_on=clock.today(),
        )
        hand_in_sheet(actor=self.people.assessor, sheet=saved)

    def meet_and_report(self):
        meeting = plan_meeting(
            actor=self.people.county,
            cycle=self.x.cycle,
            kind="joint_conference",
            unit=self.x.areas["湘潭县"],
            title="联席会议",
            planned_on=clock.today(),
        )
        hold_meeting(actor=self.people.county, meeting=meeting, held_on=clock.today())
        task = Task.objects.get(unit=self.x.areas["湘潭县"], code="plan")
        report_done(actor=self.people.county, task=task, text="计划已报")

    def close_finding(self):
        recheck_finding(
            actor=self.member, finding=self.findings[2], checked_on=clock.today(), is_settled=True
        )

    def end(self):
        award(actor=self.people.office, assessment=self.assessment("甲"))
        recheck_finding(
            actor=self.member,
            finding=self.findings[0],
            checked_on=clock.today(),
            is_settled=False,
            note="仍在漏雨",
            due_on=datetime.date(2017, 6, 30),
        )

    # --- August -------------------------------------------------------------------------------------------

    def review(self, name: str) -> Review:
        return Review.objects.get(site=self.sites[name])

    def report_reviews(self):
        for name in "辛壬":
            review = self.review(name)
            save_review(
                actor=self.people.county, review=review, revision=review.revision, data=filled_in(review)
            )
            report_review(actor=self.people.county, review=review)

    def visit(self):
        look_at(self.people.office, self.review("辛"))
        look_at(self.people.office, self.review("壬"), opinion="fail")

    def judge(self):
        pass_review(actor=self.people.office, review=self.review("辛"))
        fail_review(actor=self.people.office, review=self.review("壬"), findings="长期关闭")

    def take_back(self):
        proposal = RevocationProposal.objects.get(plaque__site=self.sites["壬"])
        decide_proposal(
            actor=self.people.leader,
            proposal=proposal,
            approved=True,
            minutes_number="纪要〔2017〕20号",
            opinion="同意收回",
        )
