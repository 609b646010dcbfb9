"""The journal behind the figures of the dashboards: how it is written, closed, read, and counted anew."""

import datetime
import io
import random
from collections import Counter
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import clock
from accounts.models import Unit
from sites.measures import add_measure, known_measures
from sites.models import (
    FigureRecord,
    FigureReport,
    Fund,
    Site,
    SiteRecord,
    TallyBalance,
    TallyCell,
    TallyMovement,
)
from sites.services import (
    award_own_plaque,
    close_site,
    confirm_plaque,
    merge_site,
    move_site,
    refuse_plaque,
    register_plaque,
    reopen_site,
    revoke_plaque,
    set_figures,
    suspend_plaque,
    update_site,
)
from sites.services.life import add_entry, change_entry, confirm_entry, withdraw_entry
from sites.services.tallies import close_tallies, count, recount
from sites.tallies import FIGURE, FLAGSHIPS, FUNDS, PLAQUES, SITES, Cell, Change, counted, counted_by_area
from sites.tasks import close_tallies as close_task
from tests.applications.conftest import png
from tests.sites.life import values_of
from tests.sites.tables import Desk
from tests.sites.tallies import journal, journal_of_rows

DAY = datetime.date
TODAY = DAY(2017, 5, 22)


def said(programme, *measures, day=None, **cells) -> dict[tuple, tuple]:
    """{(area, category, level, state, year): (count, amount)} at the end of a day, with names for ids."""
    names = dict(Unit.objects.values_list("pk", "name"))
    categories = dict(programme.categories.values_list("pk", "code"))
    levels = dict(programme.levels.values_list("pk", "code"))
    found: Counter = Counter()
    amounts: Counter = Counter()
    for cell in counted(programme, Unit.objects.all(), measures, day or clock.today(), **cells):
        key = (
            names[cell.area_id],
            categories.get(cell.category_id),
            levels.get(cell.level_id),
            cell.state,
            cell.year,
        )
        found[key] += cell.count
        amounts[key] += cell.amount
    return {key: (found[key], amounts[key]) for key in found}


def agrees(programme) -> None:
    """The journal says of every day what the rows say."""
    assert journal(programme) == journal_of_rows(programme)


# --- the journal itself -----------------------------------------------------------------------------------------


@pytest.fixture
def cells(xiangtan) -> list[Cell]:
    area = xiangtan.areas["湘潭县"].pk
    return [Cell("trial", xiangtan.programme.pk, area, area, year=year) for year in (2014, 2015, 2016)]


class Office:
    """Days that go on and back, with entries and closings in between, and a plain list of what was entered."""

    def __init__(self, seed, programme, cells):
        self.dice, self.programme, self.cells = random.Random(seed), programme, cells
        self.entered: list[tuple] = []

    def step(self):
        match self.dice.randrange(10):
            case 0 | 1 | 2:
                clock.set_today(clock.today() + datetime.timedelta(days=self.dice.choice([1, 1, 3, 9])))
            case 3:
                clock.set_today(clock.today() - datetime.timedelta(days=self.dice.choice([1, 4, 20])))
            case 4:
                close_tallies()
            case _:
                self.enter()

    def enter(self):
        changes = [
            Change(
                self.dice.choice(self.cells),
                self.dice.choice([1, 1, 2, -1]),
                Decimal(self.dice.choice(["0.10", "-0.10", "1000.01"])),
                self.dice.choice([None, None, clock.today() + datetime.timedelta(days=2)]),
            )
            for _turn in range(self.dice.choice([1, 3]))
        ]
        count(changes)
        today = clock.today()
        self.entered += [(one.cell.year, one.day or today, one.count, one.amount) for one in changes]

    def check(self):
        """What is read of every day is the sum of what was entered up to it; of today, of all there is."""
        first, today = min((day for _y, day, _c, _a in self.entered), default=TODAY), clock.today()
        for back in range((today - first).days + 2):
            day = today - datetime.timedelta(days=back)
            until = day if back else DAY.max
            wanted = {}
            for year, entered_on, number, amount in self.entered:
                if entered_on <= until:
                    before = wanted.get(year, (0, 0))
                    wanted[year] = (before[0] + number, before[1] + amount)
            assert self.read(day) == {year: sums for year, sums in wanted.items() if any(sums)}, day

    def read(self, day) -> dict:
        found = counted(self.programme, Unit.objects.all(), ["trial"], day)
        return {cell.year: (cell.count, cell.amount) for cell in found}


@pytest.mark.parametrize("seed", range(5))
def test_every_day_is_the_sum_of_what_was_entered(seed, xiangtan, cells):
    office = Office(seed, xiangtan.programme, cells)
    for _turn in range(50):
        office.step()
    office.check()
    clock.set_today(DAY(2018, 5, 1))
    left = TallyMovement.objects.count()
    assert close_tallies() == left > 0
    office.check()
    assert close_tallies() == 0


def test_a_closing_leaves_one_row_for_each_cell_and_day(xiangtan, cells, on_day):
    for day in (1, 1, 2, 5):
        on_day(2017, 5, day)
        count([Change(cells[0], 1), Change(cells[1], 2, Decimal("0.50"))])
    on_day(2017, 5, 4)
    # Yesterday and today stay open: what began before midnight may be written after it.
    assert close_task() == 6
    assert list(
        TallyBalance.objects.order_by("cell", "day").values_list("cell__year", "day", "count", "amount")
    ) == [
        (2014, DAY(2017, 5, 1), 2, Decimal(0)),
        (2014, DAY(2017, 5, 2), 3, Decimal(0)),
        (2015, DAY(2017, 5, 1), 4, Decimal("1.00")),
        (2015, DAY(2017, 5, 2), 6, Decimal("1.50")),
    ]
    assert TallyMovement.objects.count() == 2
    assert close_task() == 0


class Killed(Exception):
    """The process ends here."""


def test_a_closing_that_dies_midway_loses_nothing(xiangtan, cells, on_day):
    count([Change(cell, 1) for cell in cells])
    before = counted(xiangtan.programme, Unit.objects.all(), ["trial"], TODAY)
    on_day(2017, 6, 1)
    written = []

    def die_at_the_second(execute, sql, params, many, context):
        if sql.startswith("DELETE"):
            written.append(sql)
            if len(written) == 2:
                raise Killed
        return execute(sql, params, many, context)

    with pytest.raises(Killed), connection.execute_wrapper(die_at_the_second):
        close_tallies(at_once=1)
    assert TallyMovement.objects.count() == 2
    assert in_order(counted(xiangtan.programme, Unit.objects.all(), ["trial"], TODAY)) == in_order(before)
    assert close_tallies(at_once=1) == 2
    assert in_order(counted(xiangtan.programme, Unit.objects.all(), ["trial"], TODAY)) == in_order(before)


def in_order(found) -> list:
    return sorted(found, key=lambda cell: cell.year)


def test_counting_costs_three_queries_whatever_the_number_of_cells(xiangtan, cells):
    def queries(changes) -> int:
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            count(changes)
        return len(asked)

    assert queries([Change(cells[0], 1)]) == 5  # the cell is new
    assert queries([Change(cells[0], 1)]) == 3
    queries([Change(cell, 1) for cell in cells])
    assert queries([Change(cell, 1) for cell in cells]) == 3
    assert queries([Change(cells[0], 1), Change(cells[0], -1)]) == 0


def test_reading_is_one_query(xiangtan, cells, django_assert_num_queries, on_day):
    count([Change(cell, 1) for cell in cells])
    on_day(2017, 6, 1)
    close_tallies()
    count([Change(cell, 1) for cell in cells])
    with django_assert_num_queries(1):
        found = counted(xiangtan.programme, list(xiangtan.areas.values()), ["trial"], TODAY, year__gte=2015)
    assert sorted((cell.year, cell.count) for cell in found) == [(2015, 1), (2016, 1)]


def test_townships_together_come_to_the_same(xiangtan, on_day, django_assert_num_queries):
    area = xiangtan.areas["湘潭县"]
    units = [area, *Unit.objects.filter(parent=area)[:2]]
    cells = [Cell("trial", xiangtan.programme.pk, area.pk, unit.pk, year=2017) for unit in units]
    for day in (3, 4, 20):
        on_day(2017, 6, day)
        close_tallies()
        count([Change(cell, 1, Decimal("0.10")) for cell in cells])
    count([Change(cells[0], -3, Decimal("-0.30")), Change(cells[1], -9, Decimal("0.05"))])
    with django_assert_num_queries(1):
        (whole,) = counted_by_area(xiangtan.programme, [area], ["trial"], clock.today())
    parts = counted(xiangtan.programme, [area], ["trial"], clock.today())
    assert (whole.unit_id, whole.year, len(parts)) == (None, 2017, 2)
    assert (whole.count, str(whole.amount)) == (-3, "0.65")
    assert (sum(one.count for one in parts), sum(one.amount for one in parts)) == (-3, whole.amount)


# --- sites, flagships, plaques ----------------------------------------------------------------------------------


def test_sites_by_state_and_flagships_as_of_any_day(xiangtan, people, make_site, on_day):
    make_site("甲")
    flagship = make_site("乙", category="park", is_flagship=True)
    on_day(2017, 6, 1)
    close_site(actor=people.county, site=flagship, reason="停办")
    on_day(2017, 7, 1)
    reopen_site(actor=people.office, site=flagship, reason="恢复")
    on_day(2017, 8, 1)
    moved = Site.objects.get(pk=flagship.pk)
    move_site(actor=people.office, site=moved, area=xiangtan.areas["韶山市"], reason="区划调整")
    programme, park = xiangtan.programme, xiangtan.categories["park"]
    states = {
        day: {
            (key[0], key[3]): counts
            for key, (counts, _sum) in said(programme, SITES, day=day, category=park).items()
        }
        for day in (DAY(2017, 5, 21), TODAY, DAY(2017, 6, 30), DAY(2017, 7, 1), DAY(2017, 8, 1))
    }
    assert states == {
        DAY(2017, 5, 21): {},
        TODAY: {("湘潭县", "active"): 1},
        DAY(2017, 6, 30): {("湘潭县", "closed"): 1},
        DAY(2017, 7, 1): {("湘潭县", "active"): 1},
        DAY(2017, 8, 1): {("韶山市", "active"): 1},
    }
    flagships = [
        {key[0] for key in said(programme, FLAGSHIPS, day=day)}
        for day in (TODAY, DAY(2017, 6, 30), DAY(2017, 8, 1))
    ]
    assert flagships == [{"湘潭县"}, set(), {"韶山市"}]
    agrees(programme)


def test_plaques_by_state_and_the_year_of_their_end(xiangtan, people, make_site, on_day):
    county, city = xiangtan.levels["county"], xiangtan.levels["city"]
    sites = [make_site(name) for name in "甲乙丙"]
    first, second = (
        award_own_plaque(actor=people.county, site=s, level=county, reason="文件") for s in sites[:2]
    )
    claims = [
        register_plaque(
            actor=people.county,
            site=site,
            level=city,
            number=f"旧{number}",
            awarded_on=DAY(2014, 1, 1),
            paper=png(),
        )
        for number, site in enumerate(sites)
    ]
    confirm_plaque(actor=people.office, plaque=claims[0])
    refuse_plaque(actor=people.office, plaque=claims[1], reason="材料不符")
    on_day(2018, 1, 8)
    suspend_plaque(actor=people.county, plaque=first, reason="停办")
    revoke_plaque(actor=people.county, plaque=second, reason="停办", ended_on=DAY(2017, 12, 31))
    programme = xiangtan.programme
    by_level = {key[2:]: counts for key, (counts, _sum) in said(programme, PLAQUES).items()}
    assert by_level == {
        ("county", "suspended", None): 1,
        ("county", "revoked", 2017): 1,
        ("city", "valid", None): 1,
        ("city", "claimed", None): 1,
    }
    earlier = said(programme, PLAQUES, day=TODAY)
    assert {key[2:]: counts for key, (counts, _sum) in earlier.items()} == {
        ("county", "valid", None): 2,
        ("city", "valid", None): 1,
        ("city", "claimed", None): 1,
    }
    agrees(programme)


def test_a_merger_moves_plaque_and_site(xiangtan, people, make_site, climb, on_day):
    gone = climb("甲")["county"].site
    stays = make_site("乙")
    on_day(2017, 6, 1)
    merge_site(actor=people.office, site=gone, into=stays, reason="合并")
    programme = xiangtan.programme
    assert {key[3]: counts for key, (counts, _sum) in said(programme, SITES).items()} == {
        "active": 1,
        "merged": 1,
    }
    assert {key[3]: counts for key, (counts, _sum) in said(programme, PLAQUES).items()} == {
        "valid": 1,
        "replaced": 1,
    }
    agrees(programme)


def test_an_imported_table_counts(xiangtan, people):
    desk = Desk(people.county, xiangtan.programme)
    keys = ("area", "category", "name", "address", "person_in_charge", "is_flagship")
    category = str(xiangtan.categories["community"])
    table = desk.table(
        *[["湘潭县", category, f"社区{n}", "某路1号", "主任", "是" if n == 1 else None] for n in range(3)],
        keys=keys,
    )
    desk.write(desk.check(table))
    assert said(xiangtan.programme, SITES) == {("湘潭县", "community", None, "active", None): (3, 0)}
    assert said(xiangtan.programme, FLAGSHIPS) == {("湘潭县", "community", None, "", None): (1, 0)}
    agrees(xiangtan.programme)


# --- figures and funds ------------------------------------------------------------------------------------------


def members(programme, day=None) -> dict:
    """{(area, category, year): (sites, members)}"""
    return {
        (key[0], key[1], key[4]): sums for key, sums in said(programme, f"{FIGURE}members", day=day).items()
    }


def test_figures_are_counted_for_the_year_they_were_reported_for(xiangtan, people, make_site, on_day):
    site, other = make_site("甲"), make_site("乙")
    set_figures(site=site, year=2016, values={"members": Decimal(500), "jobs": Decimal(20)})
    set_figures(site=other, year=2016, values={"members": Decimal("7.50")})
    on_day(2017, 6, 1)
    set_figures(site=site, year=2016, values={"members": Decimal(510)})
    set_figures(site=other, year=2016, values={"members": None})
    place = ("湘潭县", "community", 2016)
    assert members(xiangtan.programme, TODAY) == {place: (2, Decimal("507.50"))}
    assert members(xiangtan.programme) == {place: (1, Decimal(510))}
    assert FigureRecord.objects.filter(superseded_at=None).count() == 2
    # Saying the same again writes nothing.
    rows = FigureRecord.objects.count()
    set_figures(site=site, year=2016, values={"members": Decimal("510.00"), "output": None})
    assert FigureRecord.objects.count() == rows
    agrees(xiangtan.programme)


def test_figures_and_funds_follow_their_site_and_stay_when_it_closes(xiangtan, people, make_site, on_day):
    site = make_site("甲")
    set_figures(site=site, year=2016, values={"members": Decimal(500)})
    add_entry(actor=people.county, site=site, model=Fund, **values_of(Fund, amount=Decimal("0.10")))
    on_day(2017, 6, 1)
    site.refresh_from_db()
    update_site(actor=people.county, site=site, revision=site.revision, category=xiangtan.categories["park"])
    on_day(2017, 7, 1)
    move_site(actor=people.office, site=Site.objects.get(), area=xiangtan.areas["韶山市"], reason="区划调整")
    on_day(2017, 8, 1)
    close_site(actor=people.neighbour, site=Site.objects.get(), reason="停办")
    programme = xiangtan.programme
    days = (TODAY, DAY(2017, 6, 1), DAY(2017, 7, 1), DAY(2017, 8, 1))
    assert [members(programme, day) for day in days] == [
        {("湘潭县", "community", 2016): (1, 500)},
        {("湘潭县", "park", 2016): (1, 500)},
        {("韶山市", "park", 2016): (1, 500)},
        {("韶山市", "park", 2016): (1, 500)},
    ]
    assert [
        {(key[0], key[1], key[4]): sums for key, sums in said(programme, FUNDS, day=day).items()}
        for day in days
    ] == [
        {("湘潭县", "community", 2017): (1, Decimal("0.10"))},
        {("湘潭县", "park", 2017): (1, Decimal("0.10"))},
        {("韶山市", "park", 2017): (1, Decimal("0.10"))},
        {("韶山市", "park", 2017): (1, Decimal("0.10"))},
    ]
    agrees(programme)


def test_funds_count_from_their_confirmation_until_they_are_taken_back(
    xiangtan, people, make_site, liaison_of, on_day
):
    site = make_site("甲")
    liaison = liaison_of(site)
    own = add_entry(actor=people.county, site=site, model=Fund, **values_of(Fund))
    proposed = add_entry(actor=liaison, site=site, model=Fund, **values_of(Fund, amount=Decimal(100)))

    def funds(day=None):
        return {key[4]: sums for key, sums in said(xiangtan.programme, FUNDS, day=day).items()}

    assert funds() == {2017: (1, Decimal("50000.05"))}
    on_day(2017, 6, 1)
    confirm_entry(actor=people.county, entry=proposed)
    on_day(2017, 7, 1)
    changed = change_entry(actor=people.county, entry=own, amount=Decimal(40), year=2016)
    on_day(2017, 8, 1)
    withdraw_entry(actor=people.county, entry=proposed, reason="重复")
    assert changed.state == "confirmed"
    assert [funds(day) for day in (TODAY, DAY(2017, 6, 30), DAY(2017, 7, 31), DAY(2017, 8, 1))] == [
        {2017: (1, Decimal("50000.05"))},
        {2017: (2, Decimal("50100.05"))},
        {2017: (1, Decimal(100)), 2016: (1, Decimal(40))},
        {2016: (1, Decimal(40))},
    ]
    agrees(xiangtan.programme)


def test_a_report_of_figures_and_a_table_of_them_count(xiangtan, people, make_site):
    site = make_site("甲社区")
    add_entry(actor=people.county, site=site, model=FigureReport, **values_of(FigureReport))
    desk = Desk(people.county, xiangtan.programme, "figures")
    keys = ("area", "site", "year", "figure_members")
    desk.write(
        desk.check(desk.table(["湘潭县", "甲社区", 2016, 510], ["湘潭县", "甲社区", 2015, 3], keys=keys))
    )
    assert members(xiangtan.programme) == {
        ("湘潭县", "community", 2016): (1, 510),
        ("湘潭县", "community", 2015): (1, 3),
    }
    agrees(xiangtan.programme)


# --- counting anew ----------------------------------------------------------------------------------------------


def command(**options) -> list[str]:
    out = io.StringIO()
    call_command("recount_figures", stdout=out, **options)
    return out.getvalue().splitlines()


def test_the_command_rebuilds_what_was_lost_day_by_day(xiangtan, people, make_site, climb, on_day):
    plaque = climb("甲", "city")["county"]
    add_entry(actor=people.county, site=plaque.site, model=Fund, **values_of(Fund))
    on_day(2017, 6, 1)
    set_figures(site=plaque.site, year=2016, values={"members": Decimal(5)})
    suspend_plaque(actor=people.county, plaque=plaque, reason="停办")
    right = journal(xiangtan.programme)
    TallyCell.objects.all().delete()
    assert len(command(missing=True)) == 6  # no flagship, no review and no coverage to count
    assert journal(xiangtan.programme) == right
    assert len(command(missing=True)) == 1  # nothing to do
    TallyBalance.objects.filter(cell__measure=PLAQUES).update(count=7)
    assert journal(xiangtan.programme) != right
    command(measure=[PLAQUES])
    assert journal(xiangtan.programme) == right


def test_a_first_run_that_was_interrupted_is_finished_by_the_next(xiangtan, people, make_site, climb):
    """Each measure is written whole or not at all; what is there is left to those that are missing."""
    plaque = climb("甲", "city")["county"]
    add_entry(actor=people.county, site=plaque.site, model=Fund, **values_of(Fund))
    right = journal(xiangtan.programme)
    TallyCell.objects.all().delete()

    whole = known_measures([PLAQUES])[0].changes

    def breaks_off(programme):
        yield from whole(programme)
        raise KeyboardInterrupt

    try:
        add_measure(PLAQUES, breaks_off)
        with pytest.raises(KeyboardInterrupt):
            command(missing=True)
    finally:
        add_measure(PLAQUES, whole)
    assert not TallyCell.objects.filter(measure__in=[PLAQUES, FUNDS]).exists()
    assert TallyCell.objects.filter(measure=SITES).exists()
    command(missing=True)
    assert journal(xiangtan.programme) == right


def test_only_the_measures_and_the_programme_asked_for_are_counted_anew(xiangtan, make_site):
    make_site("甲", is_flagship=True)
    right = said(xiangtan.programme, SITES, FLAGSHIPS)
    TallyMovement.objects.update(count=17)
    other = type(xiangtan.programme).objects.create(code="other", name="另一项目", owner=xiangtan.city)
    assert recount(programme=other) == 0
    assert recount(programme=xiangtan.programme, measures=[SITES]) == 1
    assert said(xiangtan.programme, SITES) == {("湘潭县", "community", None, "active", None): (1, 0)}
    assert said(xiangtan.programme, FLAGSHIPS) != said(xiangtan.programme, SITES)
    recount(programme=xiangtan.programme, measures=[FLAGSHIPS])
    assert said(xiangtan.programme, SITES, FLAGSHIPS) == right
    with pytest.raises(ValueError, match="no measure of the name"):
        recount(programme=xiangtan.programme, measures=["site"])


def test_a_clock_that_went_back_leaves_records_and_journal_of_one_mind(xiangtan, people, make_site, on_day):
    on_day(2017, 9, 1)
    site = make_site("甲")
    on_day(2017, 6, 1)
    close_site(actor=people.county, site=site, reason="停办")
    on_day(2017, 12, 1)
    programme = xiangtan.programme
    assert said(programme, SITES, day=DAY(2017, 8, 1)) == {
        ("湘潭县", "community", None, "closed", None): (1, 0)
    }
    assert said(programme, SITES) == {("湘潭县", "community", None, "closed", None): (1, 0)}
    assert SiteRecord.objects.count() == 2
    agrees(programme)


def test_a_fund_follows_its_site_on_a_clock_that_went_back(xiangtan, people, make_site, on_day):
    on_day(2017, 5, 22)
    site, shaoshan = make_site("甲"), xiangtan.areas["韶山市"]
    on_day(2017, 5, 28)
    add_entry(actor=people.county, site=site, model=Fund, **values_of(Fund, amount=Decimal(500), year=2017))
    on_day(2017, 5, 24)
    move_site(actor=people.office, site=site, area=shaoshan, reason="区划")
    on_day(2017, 6, 2)
    programme = xiangtan.programme
    in_shaoshan = {("韶山市", "community", None, "", 2017): (1, Decimal(500))}
    assert said(programme, FUNDS, day=DAY(2017, 5, 27)) == {}
    assert said(programme, FUNDS, day=DAY(2017, 5, 28)) == said(programme, FUNDS) == in_shaoshan
    agrees(programme)
    move_site(actor=people.office, site=site, area=xiangtan.areas["雨湖区"], reason="区划")
    on_day(2017, 5, 29)
    move_site(actor=people.office, site=site, area=shaoshan, reason="区划")
    on_day(2017, 6, 3)
    assert said(programme, FUNDS) == in_shaoshan
    agrees(programme)


def test_a_fund_taken_back_on_a_clock_that_went_back_never_counts_below_nothing(
    xiangtan, people, make_site, on_day
):
    on_day(2017, 5, 22)
    site, programme = make_site("甲"), xiangtan.programme
    on_day(2017, 5, 28)
    fund = add_entry(
        actor=people.county, site=site, model=Fund, **values_of(Fund, amount=Decimal(500), year=2017)
    )
    on_day(2017, 5, 30)
    move_site(actor=people.office, site=site, area=xiangtan.areas["韶山市"], reason="区划")
    on_day(2017, 5, 24)
    withdraw_entry(actor=people.neighbour, entry=fund, reason="误录")
    on_day(2017, 6, 3)
    for day in (DAY(2017, 5, 24), DAY(2017, 5, 28), DAY(2017, 5, 30), None):
        assert said(programme, FUNDS, day=day) == {}
    agrees(programme)


def test_a_fund_confirmed_before_its_site_came_there_counts_where_the_site_was(
    xiangtan, people, make_site, on_day
):
    on_day(2017, 5, 22)
    site, programme = make_site("甲"), xiangtan.programme
    on_day(2017, 5, 30)
    site = move_site(actor=people.office, site=site, area=xiangtan.areas["韶山市"], reason="区划")
    on_day(2017, 5, 28)
    add_entry(
        actor=people.neighbour, site=site, model=Fund, **values_of(Fund, amount=Decimal(500), year=2017)
    )
    on_day(2017, 6, 3)
    money = (1, Decimal(500))
    assert said(programme, FUNDS, day=DAY(2017, 5, 29)) == {("湘潭县", "community", None, "", 2017): money}
    assert said(programme, FUNDS, day=DAY(2017, 5, 30)) == {("韶山市", "community", None, "", 2017): money}
    agrees(programme)
