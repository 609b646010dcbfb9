"""Early warnings: when a site is warned about and when no longer, who sees it, and what the dashboard counts of it."""

import datetime
import threading
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import clock
from applications.models import Cycle
from dashboard.enums import Factor
from dashboard.models import EarlyWarning
from dashboard.question import ask
from dashboard.sections import ROW_SETS
from dashboard.sections.warnings import section
from dashboard.services.warnings import watch_sites
from dashboard.tasks import watch_sites as watch_task
from dashboard.warnings.page import where_counted
from publicity.models import Coverage
from sites.models import Activity, Plaque, Site
from sites.services import add_entry, appoint_liaison, move_site, revoke_plaque
from sites.services.tallies import recount
from supervision.models import Finding
from tests.dashboard.watched import late_finding, piece

DAY = datetime.date


def standing() -> list[tuple[str, str]]:
    rows = EarlyWarning.objects.standing().order_by("site__name", "factor")
    return [(row.site.name, row.factor) for row in rows]


def on(day: datetime.date) -> list[tuple[str, str]]:
    """The warnings that stand after the nightly look of a day."""
    clock.set_today(day)
    watch_sites()
    return standing()


# --- the factors ----------------------------------------------------------------------------------------------


def test_ninety_whole_days_pass_without_an_activity(limits, holder, people):
    """After one on 1 March the days from 2 March to 30 May pass; the warning stands from 31 May on."""
    limits(quiet_days=90)
    site = holder()
    add_entry(actor=people.county, site=site, model=Activity, held_on=DAY(2017, 3, 1), name="讲座")
    assert on(DAY(2017, 5, 30)) == []
    assert on(DAY(2017, 5, 31)) == [("同心社区甲", "no_activity")]


def test_the_twenty_ninth_of_february_is_a_day(limits, holder, people):
    limits(quiet_days=90)
    site = holder()
    clock.set_today(DAY(2019, 12, 1))
    add_entry(actor=people.county, site=site, model=Activity, held_on=DAY(2019, 12, 1), name="讲座")
    assert on(DAY(2020, 2, 29)) == []
    assert on(DAY(2020, 3, 1)) == [("同心社区甲", "no_activity")]


def test_a_site_that_never_had_an_activity_is_counted_from_its_award(limits, holder):
    limits(quiet_days=90)
    holder(since=DAY(2017, 3, 1))
    assert on(DAY(2017, 5, 30)) == []
    assert on(DAY(2017, 5, 31)) == [("同心社区甲", "no_activity")]


def test_an_activity_from_before_the_award_leaves_a_new_site_as_long_as_any_other(limits, holder, people):
    limits(quiet_days=90)
    site = holder(since=DAY(2017, 3, 1))
    add_entry(actor=people.county, site=site, model=Activity, held_on=DAY(2016, 10, 1), name="讲座")
    assert on(DAY(2017, 5, 30)) == []


def test_only_confirmed_activities_count_and_a_new_one_ends_the_warning(limits, holder, people):
    limits(quiet_days=90)
    site = holder()
    Activity.objects.create(
        site=site, held_on=DAY(2017, 5, 1), name="未确认", state="proposed", recorded_at=timezone.now()
    )
    assert on(DAY(2017, 5, 22)) == [("同心社区甲", "no_activity")]
    clock.set_today(DAY(2017, 5, 24))
    add_entry(actor=people.county, site=site, model=Activity, held_on=DAY(2017, 5, 24), name="讲座")
    assert on(DAY(2017, 5, 24)) == []
    row = EarlyWarning.objects.get()
    assert (row.since, row.until) == (DAY(2017, 5, 22), DAY(2017, 5, 24))


def test_coverage_counts_by_its_day_and_only_while_it_is_recorded(limits, holder):
    limits(uncovered_days=90)
    site = holder()
    entry = piece(site, DAY(2017, 2, 21))
    assert on(DAY(2017, 5, 22)) == []
    assert on(DAY(2017, 5, 23)) == [("同心社区甲", "no_coverage")]
    piece(site, DAY(2017, 5, 10), same_as=entry)
    assert on(DAY(2017, 5, 24)) == []
    Coverage.objects.update(state="withdrawn")
    assert on(DAY(2017, 5, 25)) == [("同心社区甲", "no_coverage")]


def test_overdue_findings_are_counted_from_the_day_after_they_were_due(limits, holder, people, xiangtan):
    limits(overdue_findings=2)
    site = holder()
    late_finding(xiangtan.cycle, people, site, DAY(2017, 5, 22))
    late_finding(xiangtan.cycle, people, site, DAY(2017, 5, 24))
    assert on(DAY(2017, 5, 24)) == []
    assert on(DAY(2017, 5, 25)) == [("同心社区甲", "overdue_findings")]
    Finding.objects.filter(due_on=DAY(2017, 5, 22)).update(state="closed")
    assert on(DAY(2017, 5, 26)) == []


@pytest.mark.parametrize(("after", "warned"), [("83.01", False), ("83.00", True), ("95.00", False)])
def test_a_score_five_points_below_the_one_before_is_falling(limits, holder, scored, after, warned):
    limits(falling_points=5)
    site = holder()
    scored(site, "city", "88.00", DAY(2017, 4, 1))
    assert on(DAY(2017, 5, 1)) == []
    scored(site, "province", after, DAY(2017, 5, 3))
    assert on(DAY(2017, 5, 4)) == ([("同心社区甲", "falling_score")] if warned else [])


def test_scores_of_different_sets_are_compared_in_percent(limits, holder, scored, client_of, people):
    """80 of 100 and then 90 of 120 (75 %): five percentage points fewer."""
    limits(falling_points=5)
    site = holder()
    scored(site, "city", "80.00", DAY(2017, 4, 1))
    scored(site, "province", "90.00", DAY(2017, 5, 3), most=120)
    assert on(DAY(2017, 5, 4)) == [("同心社区甲", "falling_score")]
    page = client_of(people.office).get(reverse("dashboard:site_warnings", args=[site.pk])).content.decode()
    assert "80 of 100 (2017), then 90 of 120 (2017): 5 percentage points fewer" in page


def test_what_the_programme_file_leaves_out_is_not_looked_at(limits, holder, people, xiangtan):
    site = holder()
    late_finding(xiangtan.cycle, people, site, DAY(2017, 5, 1))
    limits(quiet_days=90)
    assert on(DAY(2017, 5, 22)) == [("同心社区甲", "no_activity")]
    limits()
    assert on(DAY(2017, 5, 23)) == []


def test_a_year_not_opened_yet_sets_no_limits(holder, limits, xiangtan):
    limits(quiet_days=90)
    holder()
    Cycle.objects.create(
        programme=xiangtan.programme, year=2018, scheme_title="x", scheme_number="x",
        scheme_issued_on=DAY(2017, 5, 1), warnings={"quiet_days": 500},
    )  # fmt: skip
    assert on(DAY(2017, 5, 22)) == [("同心社区甲", "no_activity")]


# --- what ends them -------------------------------------------------------------------------------------------


def test_a_revoked_plaque_and_a_closed_site_end_the_warnings(limits, holder, people):
    limits(quiet_days=90, uncovered_days=90)
    holder("乙")
    assert len(on(DAY(2017, 5, 22))) == 2
    clock.set_today(DAY(2017, 5, 23))
    revoke_plaque(actor=people.office, plaque=Plaque.objects.get(), reason="考核不合格")
    assert on(DAY(2017, 5, 23)) == []
    assert set(EarlyWarning.objects.values_list("until", flat=True)) == {DAY(2017, 5, 23)}

    site = holder("丙")
    assert len(on(DAY(2017, 5, 24))) == 2
    Site.objects.filter(pk=site.pk).update(state="closed")
    assert on(DAY(2017, 5, 25)) == []


def test_a_site_without_a_plaque_in_force_is_not_looked_at(limits, make_site, holder):
    limits(quiet_days=1)
    make_site("无牌")
    holder("暂停")
    Plaque.objects.update(state="suspended")
    assert on(DAY(2017, 5, 22)) == []


# --- running it -----------------------------------------------------------------------------------------------


def test_a_second_run_writes_nothing_and_changed_figures_are_kept_by_day(limits, holder, people, xiangtan):
    limits(overdue_findings=1)
    site = holder()
    late_finding(xiangtan.cycle, people, site, DAY(2017, 5, 20))
    clock.set_today(DAY(2017, 5, 22))
    assert (watch_task(), watch_task()) == (1, 0)
    late_finding(xiangtan.cycle, people, site, DAY(2017, 5, 23))
    clock.set_today(DAY(2017, 5, 24))
    assert (watch_task(), watch_task()) == (1, 0)
    known = [(one["from"], one["count"], one["oldest"]) for one in EarlyWarning.objects.get().figures]
    assert known == [("2017-05-22", 1, "2017-05-20"), ("2017-05-24", 2, "2017-05-20")]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_open_each_warning_once(limits, holder, xiangtan, people):
    limits(quiet_days=90, uncovered_days=90)
    for name in "甲乙丙":
        holder(name)
    barrier = threading.Barrier(2)

    def work():
        barrier.wait()
        watch_sites()
        connection.close()

    workers = [threading.Thread(target=work) for _each in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert EarlyWarning.objects.count() == 6
    assert counts(people.office) == {("湘潭县", "no_activity"): 3, ("湘潭县", "no_coverage"): 3}


@pytest.mark.parametrize(("sites", "writing", "reading"), [(1, 24, 9), (30, 24, 9)])
def test_a_chunk_costs_the_same_whatever_its_sites(limits, holder, sites, writing, reading):
    limits(quiet_days=90, uncovered_days=90, overdue_findings=1, falling_points=5)
    for number in range(sites):
        holder(f"社区{number}")
    with CaptureQueriesContext(connection) as first:
        watch_sites()
    with CaptureQueriesContext(connection) as second:
        watch_sites()
    assert (len(first), len(second)) == (writing, reading)


# --- the dashboard --------------------------------------------------------------------------------------------


def counts(user, **asked) -> dict[tuple[str, str], int]:
    """What the section counts by area and factor, without noughts and the sums over factors."""
    question = ask(user, {key: str(value) for key, value in asked.items()})
    table = section(question).tables[0]
    labels = {str(factor.label): factor.value for factor in Factor}
    return {
        (row.label, labels[column]): number.count
        for row in table.rows
        for column, number in zip(table.columns, row.numbers, strict=True)
        if column in labels and number.count
    }


@pytest.fixture
def history(limits, holder, people, xiangtan):
    """乙 (韶山市) and 甲 (湘潭县) quiet from 22 May, 甲 also with a late finding from 24 May; 乙 over on 26 May."""
    limits(quiet_days=90, overdue_findings=1)
    first, second = holder("甲"), holder("乙", area="韶山市")
    late_finding(xiangtan.cycle, people, first, DAY(2017, 5, 23))
    on(DAY(2017, 5, 22))
    on(DAY(2017, 5, 24))
    clock.set_today(DAY(2017, 5, 26))
    add_entry(actor=people.neighbour, site=second, model=Activity, held_on=DAY(2017, 5, 26), name="讲座")
    on(DAY(2017, 5, 26))
    return first, second


@pytest.mark.parametrize(
    ("day", "found", "any_factor", "several"),
    [
        ("2017-05-21", {}, 0, 0),
        ("2017-05-22", {("湘潭县", "no_activity"): 1, ("韶山市", "no_activity"): 1}, 2, 0),
        (
            "2017-05-24",
            {
                ("湘潭县", "overdue_findings"): 1,
                ("湘潭县", "no_activity"): 1,
                ("韶山市", "no_activity"): 1,
            },
            2,
            1,
        ),
        ("2017-05-26", {("湘潭县", "overdue_findings"): 1, ("湘潭县", "no_activity"): 1}, 1, 1),
    ],
)
def test_figures_as_of_a_day(history, people, day, found, any_factor, several):
    clock.set_today(DAY(2017, 6, 1))
    assert counts(people.office, as_of=day) == found
    total = section(ask(people.office, {"as_of": day})).tables[0].total.numbers
    assert [number.count for number in total[-2:]] == [any_factor, several]


def rows_behind(user, url: str) -> int:
    """How many rows the address of a number leads to."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    found = ROW_SETS[parts.path.rstrip("/").rsplit("/", 1)[-1]]
    params = {name: given.get(name, "") for name in found.params}
    return found.rows(ask(user, given), params).count()


def test_every_number_has_a_list_of_as_many_rows(history, people, client_of):
    for person in (people.office, people.county, people.leader):
        for day in ("2017-05-22", "2017-05-24", "2017-05-26"):
            table = section(ask(person, {"as_of": day})).tables[0]
            numbers = [number for row in (*table.rows, table.total) for number in row.numbers]
            assert [rows_behind(person, number.url) for number in numbers] == [one.count for one in numbers]
    page = client_of(people.office).get(numbers[-1].url)
    assert page.context["page"].paginator.count == 1


def test_the_list_says_what_was_known_on_the_day(history, people, client_of, xiangtan):
    late_finding(xiangtan.cycle, people, history[0], DAY(2017, 5, 25))
    on(DAY(2017, 5, 27))
    address = reverse("dashboard:rows", args=["warned-sites"])

    def words(day):
        found = client_of(people.office).get(address, {"as_of": day, "least": "2"})
        return found.context["lines"][0][4][0]

    assert words("2017-05-24") == (
        "No activity for a long time: none on record; 185 days since the award on 20 November 2016; "
        "Overdue findings: 1 overdue, due on 23 May 2017 (1 day ago)"
    )
    assert "2 overdue, the first was due on 23 May 2017 (4 days ago)" in words("2017-05-27")


def test_a_site_that_moves_takes_its_warnings_along(history, people, xiangtan):
    first, _second = history
    clock.set_today(DAY(2017, 5, 29))
    move_site(
        actor=people.office,
        site=first,
        area=xiangtan.areas["韶山市"],
        unit=xiangtan.areas["韶山市"],
        reason="区划",
    )
    on(DAY(2017, 5, 29))
    clock.set_today(DAY(2017, 6, 1))
    assert counts(people.office, as_of="2017-05-28") == {
        ("湘潭县", "overdue_findings"): 1,
        ("湘潭县", "no_activity"): 1,
    }
    assert counts(people.office) == {("韶山市", "overdue_findings"): 1, ("韶山市", "no_activity"): 1}
    assert {row.noticed_on for row in EarlyWarning.objects.standing()} == {DAY(2017, 5, 22), DAY(2017, 5, 24)}


def test_the_section_costs_the_same_at_one_site_and_at_thirty(limits, holder, people):
    limits(quiet_days=90, uncovered_days=90)
    holder("社区0")
    on(DAY(2017, 5, 22))

    def queries():
        question = ask(people.office, {})
        with CaptureQueriesContext(connection) as found:
            section(question)
        return len(found)

    assert queries() == 3
    for number in range(1, 30):
        holder(f"社区{number}")
    on(DAY(2017, 5, 23))
    assert queries() == 3


# --- who sees it ----------------------------------------------------------------------------------------------


def test_who_sees_the_warnings_of_a_site(history, people, make_user, xiangtan, client_of):
    first, _second = history
    liaison = make_user("liaison", None, xiangtan.areas["湘潭县"])
    appoint_liaison(actor=people.county, site=first, user=liaison)
    seen = {}
    for name in ("county", "office", "leader", "neighbour", "other_city", "auditor"):
        seen[name] = _seen(client_of(getattr(people, name)), first)
    seen["liaison"] = _seen(client_of(liaison), first)
    assert seen == {
        "county": (200, True),
        "office": (200, True),
        "leader": (200, True),
        "neighbour": (404, False),
        "other_city": (404, False),
        "auditor": (404, False),
        "liaison": (404, False),
    }


def _seen(client, site) -> tuple[int, bool]:
    page = client.get(reverse("dashboard:site_warnings", args=[site.pk]))
    detail = client.get(reverse("sites:detail", args=[site.pk]))
    return page.status_code, "early-warnings" in detail.content.decode()


def test_the_page_shows_figures_limit_and_where_it_is_written(history, people, client_of):
    page = client_of(people.office).get(reverse("dashboard:site_warnings", args=[history[0].pk]))
    text = " ".join(page.content.decode().split())
    assert "none on record; 187 days since the award on" in text
    assert "after more than 90 days" in text
    assert "Programme file of 2017, “warnings”" in text


def test_every_factor_leads_to_what_it_counts(make_site, people, client_of):
    site, client = make_site(name="甲"), client_of(people.office)
    urls = {factor: where_counted(factor, site) for factor in Factor}
    assert urls == {
        "overdue_findings": "/supervision/findings/?q=%E7%94%B2&state=overdue",
        "no_activity": f"/sites/{site.pk}/activities/",
        "no_coverage": f"/publicity/coverage/?site={site.pk}",
        "falling_score": "/assessments/?q=%E7%94%B2",
    }
    assert [client.get(url).status_code for url in urls.values()] == [200, 200, 200, 200]


def test_the_inbox_points_to_them(history, people, client_of):
    def lines(user):
        found = client_of(user).get(reverse("dashboard:inbox")).context["waiting"]
        return [item.todo.text for item in found if "early warning" in item.todo.text]

    assert lines(people.office) == ["1 site with early warnings"]
    assert lines(people.county) == ["1 site with early warnings"]
    assert lines(people.neighbour) == []
    assert lines(people.leader) == ["1 site with early warnings"]
    assert lines(people.assessor) == []


def test_a_recount_comes_to_the_same(history, people, xiangtan):
    days = ["2017-05-22", "2017-05-24", "2017-05-26"]
    clock.set_today(DAY(2017, 6, 1))
    before = [counts(people.office, as_of=day) for day in days]
    recount(programme=xiangtan.programme, measures=["warnings:"])
    assert [counts(people.office, as_of=day) for day in days] == before
