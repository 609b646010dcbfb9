"""A diary: what the whole dashboard said on the evening of a day is what it says later, asked as of that day.

A year's work goes on over four months, and much of what counts is changed afterwards: days are moved, granted and set
anew, sites change category and county, funds and coverage are taken back, a newer programme file comes in. Each evening
every cell of every section is written down, for the leader and in turn for others and for narrower questions; in the
end all of them are asked again. Nothing is worked out here: what the numbers are is held by the other tests.
"""

import copy
import datetime
from collections import Counter
from decimal import Decimal

from django.utils import translation

from accounts import clock
from accounts.enums import Role
from accounts.models import User
from dashboard.page import headlines_of, sections_of
from dashboard.question import ask
from dashboard.services.warnings import watch_sites
from dashboard.tables import Number
from programmes.files import ProgrammeFile
from programmes.services import load_file
from publicity.models import Coverage
from publicity.services.coverage import record_coverage, withdraw_coverage
from sites.models import Fund, Site
from sites.services import (
    add_entry,
    move_site,
    rename_site,
    set_area_figures,
    suspend_plaque,
    update_site,
    withdraw_entry,
)
from sites.services.tallies import close_tallies
from supervision.models import Finding, Task
from supervision.services.coordination import (
    answer_finding,
    ask_extension,
    decide_extension,
    refer_finding,
)
from supervision.services.findings import recheck_finding, report_finding
from supervision.services.meetings import hold_meeting, plan_meeting
from supervision.services.tasks import cancel_task, move_task
from tests.conftest import xiangtan_file
from tests.dashboard.year import TODAY, Year
from tests.publicity.coverage import piece

DAY = datetime.date

#: What a page says otherwise later, by section and table (or “lead”, what stands above), and why that is right. No
#: number is among it.
SAID_OTHERWISE = {
    ("milestones", "Dates of the scheme"): "a date bears the name it has now: acceptance got a new one",
    ("warnings", "lead"): "the limits are those of the scheme now; a warning keeps those it was opened under",
}


class Life:
    """What happens beside the year's work of `Year`, each act on a day of its own."""

    def __init__(self, year: Year):
        self.year, self.x, self.people = year, year.x, year.people
        self.acts = (
            (5, 23, self.fill_the_ledgers),
            (5, 26, self.into_another_category),
            (5, 31, self.nothing),
            (6, 1, self.move_the_plan),
            (6, 3, self.newer_file),
            (6, 10, self.nothing),
            (6, 11, self.nothing),
            (6, 15, self.move_the_plan_again),
            (6, 16, self.take_back_entries),
            (6, 17, self.close_days),
            (6, 22, self.more_time_after_the_second_look),
            (7, 3, self.another_name_and_county),
            (7, 6, self.second_time_reopened),
            (7, 13, self.answered_late),
            (7, 17, self.meet_and_cancel),
            (8, 14, self.suspend),
            (9, 4, self.even_newer_file),
        )

    def site(self, name: str) -> Site:
        return Site.objects.get(pk=self.year.sites[name].pk)

    def update(self, name: str, **fields):
        site = self.site(name)
        update_site(actor=self.year.staff(name), site=site, revision=site.revision, **fields)

    def nothing(self):
        """The last day for filing; the last for the promotion meeting, and the day after."""

    def fill_the_ledgers(self):
        self.update("子", figures={"members": Decimal(40), "jobs": Decimal(7)}, is_flagship=True)
        self.update("乙", is_flagship=True, figures={"members": Decimal(12)})
        for name, amount in (("子", "5000.50"), ("乙", "300")):
            add_entry(
                actor=self.people.county, site=self.site(name), model=Fund, name="县级财政", purpose="修缮",
                amount=Decimal(amount), year=2017,
            )  # fmt: skip
        for name, medium in (("子", "tv"), ("子", "press"), ("乙", "web"), ("辛", "radio")):
            record_coverage(
                actor=self.people.office,
                programme=self.x.programme,
                area=self.x.areas["湘潭县"],
                piece=piece(site=self.site(name), medium=medium, title=f"{name}{medium}"),
            )
        self.villages(villages=297, with_organisation=275)

    def villages(self, **values):
        set_area_figures(
            actor=self.people.county,
            programme=self.x.programme,
            area=self.x.areas["湘潭县"],
            year=2017,
            values={code: Decimal(value) for code, value in values.items()},
        )

    def into_another_category(self):
        self.update("子", category=self.x.categories["park"])

    def plan(self, area: str) -> Task:
        return Task.objects.get(unit=self.x.areas[area], code="plan")

    def move_the_plan(self):
        for area in ("湘潭县", "韶山市"):
            move_task(actor=self.people.office, task=self.plan(area), due_on=DAY(2017, 6, 9), reason="提前")

    def move_the_plan_again(self):
        move_task(actor=self.people.office, task=self.plan("韶山市"), due_on=DAY(2017, 6, 30), reason="推迟")

    def newer_file(self):
        """The promotion meeting is to be held by 10 June, what is not begun of the task list is due later."""
        self.load("2017-06-10", "2017-07-21", "2017-11-24")

    def even_newer_file(self):
        """The meeting was due later after all and acceptance sooner; another limit, a date with another name."""
        self.load("2017-07-31", "2017-07-21", "2017-09-08", name_en="Accepted", limits={"quiet_days": 30})

    def load(self, promotion: str, midyear: str, acceptance: str, name_en: str = "", limits=()):
        data = copy.deepcopy(xiangtan_file().data)
        data["cycle"]["warnings"] |= dict(limits)
        for row in data["cycle"]["milestones"]:
            row["due_on"] = {"promotion": promotion, "acceptance": acceptance}.get(row["code"], row["due_on"])
            if row["code"] == "acceptance" and name_en:
                row["name_en"] = name_en
        for row in data["cycle"]["supervision"]["meetings"]:
            if row["code"] == "promotion_meeting":
                row["due_on"] = promotion
        for row in data["cycle"]["tasks"]:
            row["due_on"] = midyear if row["code"] == "midyear" else row["due_on"]
        load_file(ProgrammeFile(xiangtan_file().path, data))

    def take_back_entries(self):
        withdraw_entry(
            actor=self.people.county, entry=Fund.objects.get(site=self.year.sites["子"]), reason="重复录入"
        )
        withdraw_coverage(
            actor=self.people.office, coverage=Coverage.objects.get(title="子tv"), reason="误录"
        )
        self.update("子", figures={"members": Decimal(35), "jobs": None})
        self.villages(with_organisation=280)

    def close_days(self):
        assert close_tallies()

    def finding(self, place: int) -> Finding:
        return Finding.objects.get(pk=self.year.findings[place].pk)

    def more_time_after_the_second_look(self):
        """Finding 1, reopened on the 20th until 30 June, gets until 5 July."""
        asked = ask_extension(
            actor=self.people.county, finding=self.finding(0), until=DAY(2017, 7, 5), reason="等待材料"
        )
        decide_extension(actor=self.year.member, extension=asked, granted=True, reason="同意")

    def another_name_and_county(self):
        rename_site(actor=self.people.office, site=self.site("丙"), name="丙新", reason="更名")
        move_site(
            actor=self.people.office, site=self.site("子"), area=self.x.areas["韶山市"], reason="区划调整"
        )

    def second_time_reopened(self):
        """Finding 1, overdue since the 5th, is reported, and at once sent back until 14 July."""
        report_finding(actor=self.people.county, finding=self.finding(0), text="已修好")
        recheck_finding(
            actor=self.year.member,
            finding=self.finding(0),
            checked_on=clock.today(),
            is_settled=False,
            note="仍在漏雨",
            due_on=DAY(2017, 7, 14),
        )
        refer_finding(
            actor=self.year.member, finding=self.finding(1), to_unit=self.x.city, question="经费如何解决？"
        )

    def answered_late(self):
        """Finding 2, due on 15 June, waited five working days from 6 July on."""
        answer_finding(actor=self.people.office, finding=self.finding(1), answer="已列入预算")

    def meet_and_cancel(self):
        meeting = plan_meeting(
            actor=self.people.office,
            cycle=self.x.cycle,
            kind="promotion_meeting",
            unit=self.x.city,
            title="推进会",
            planned_on=clock.today(),
        )
        hold_meeting(actor=self.people.office, meeting=meeting, held_on=clock.today())
        task = Task.objects.get(unit=self.x.areas["韶山市"], code="midyear")
        cancel_task(actor=self.people.office, task=task, reason="合并开展")

    def suspend(self):
        plaque = self.year.sites["甲"].plaques.get(level__code="city")
        suspend_plaque(actor=self.people.office, plaque=plaque, reason="整改")


class Diary:
    """Who asks what; and what was answered."""

    def __init__(self, xiangtan, people, province: User):
        park = {"category": str(xiangtan.categories["park"].pk)}
        project = {
            "category": str(xiangtan.categories["project"].pk),
            "level": str(xiangtan.levels["city"].pk),
        }
        self.asked = {
            "leader": (people.leader, {}),
            "county": (people.county, {}),
            "province": (province, {}),
            "parks": (people.leader, park),
            "projects": (people.leader, project),
        }
        self.kept: dict[tuple, dict] = {}

    def evening(self):
        """The leader every day, the others and the narrower questions in turn."""
        today, others = clock.today(), ("county", "province", "parks", "projects")
        for who in ("leader", others[len(self.kept) // 2 % len(others)]):
            self.kept[today, who] = self.page(who)

    def page(self, who: str, day: DAY | None = None) -> dict:
        """{(section, table, row, column): what stands there}, with the tiles and what is said above the tables."""
        user, given = self.asked[who]
        question = ask(User.objects.get(pk=user.pk), given | ({"as_of": day.isoformat()} if day else {}))
        sections = sections_of(question)
        found = {("tile", one.label, "", ""): _said(one.number) for one in headlines_of(sections)}
        for one in sections:
            found[one.code, "lead", "", ""] = (one.lead, None)
            for table in one.tables:
                for place, row in enumerate((*table.rows, *([table.total] if table.total else []))):
                    for column, cell in zip(table.columns, row.numbers, strict=True):
                        found[one.code, table.caption, f"{place} {row.label}", column] = _said(cell)
        return found


def _said(cell):
    return (cell.count, cell.amount) if isinstance(cell, Number) else (cell.text, cell.share)


def test_every_page_of_a_past_day_says_what_it_said_on_the_day(xiangtan, people, make_site, make_user):
    translation.activate("en")
    province = make_user("province", Role.LEADER, xiangtan.city.parent)
    year, diary = Year(xiangtan, people, make_site, make_user), Diary(xiangtan, people, province)

    def evening():
        watch_sites()
        diary.evening()

    year.play(Life(year).acts, evening)
    clock.set_today(TODAY)
    watch_sites()
    otherwise = {
        (*key, str(day), who, kept.get(key), now.get(key))
        for (day, who), kept in diary.kept.items()
        for now in [diary.page(who, day)]
        for key in kept.keys() | now.keys()
        if kept.get(key) != now.get(key)
    }
    said = {line[:2] for line in otherwise}
    assert said - SAID_OTHERWISE.keys() == set(), sorted(otherwise, key=str)
    assert said == SAID_OTHERWISE.keys()
    assert len(diary.kept) > 60
    # All but the quarters, and the tiles.
    assert len({key[0] for kept in diary.kept.values() for key in kept}) == 16
    # Of what is said otherwise the numbers are the same.
    assert _numbers(line[-2] for line in otherwise) == _numbers(line[-1] for line in otherwise)


def _numbers(cells) -> Counter:
    return Counter(cell for cell in cells if cell is not None and not isinstance(cell[0], str))
