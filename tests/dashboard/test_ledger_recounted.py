"""Every number of the sections on the ledger, recounted from raw rows for three people and three days."""

from collections import defaultdict
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db.models import Sum

from dashboard.question import ask
from dashboard.sections import ROW_SETS, figures, flagships, funds, plaques, ratios, sites, years
from sites.enums import PlaqueState, SiteState
from sites.models import Level
from tests.dashboard import history
from tests.dashboard.history import BEFORE, MIDDLE, TODAY
from tests.dashboard.ledger import ask_alike, grid, numbers

IN_FORCE = ("valid", "rectifying")
GIVEN = (*IN_FORCE, "suspended", "revoked", "returned", "replaced", "expired", "lapsed")


def amounts(triples, rows=True, columns=True) -> dict:
    """{(row, column): (count, sum)} of (row, column, amount), with totals along rows and down columns."""
    found = defaultdict(lambda: [0, Decimal(0)])
    for row, column, amount in triples:
        places = {(row, column)}
        places |= {(row, "合计")} if rows else set()
        places |= {("合计", column)} if columns else set()
        places |= {("合计", "合计")} if rows and columns else set()
        for place in places:
            found[place][0] += 1
            found[place][1] += amount or 0
    return {place: tuple(both) for place, both in found.items()}


def counts(pairs, **totals) -> dict:
    """{(row, column): count} of (row, column), with the same totals."""
    found = amounts([(row, column, None) for row, column in pairs], **totals)
    return {place: count for place, (count, _amount) in found.items()}


@pytest.mark.parametrize("who", ["leader", "county", "province"])
def test_every_number_is_what_the_raw_rows_say(who, story, asked, xiangtan):
    for day in (BEFORE, MIDDLE, TODAY):
        question = asked(who, day)
        seen = {area.pk for area in question.areas}
        assert len(seen) == (1 if who == "county" else 8)
        check_sites(question, day, seen)
        check_plaques(question, day, seen)
        check_years(question, day, seen)
        check_flagships(question, day, seen)
        check_figures(question, day, seen)
        check_funds(question, day, seen)
        check_ratios(question, day, seen)
        check_rows_behind(question)


def check_sites(question, day, seen):
    known = [site for site in history.sites_then(day) if site.area.pk in seen]
    by_category, by_state = sites.section(question).tables
    active = [(str(site.area), str(site.category)) for site in known if site.state == "active"]
    assert grid(by_category) == counts(active)
    assert grid(by_state) == counts((str(site.area), str(SiteState(site.state).label)) for site in known)


def check_plaques(question, day, seen):
    known = [plaque for plaque in history.plaques_then(day) if plaque.site.area.pk in seen]
    by_state, in_force = plaques.section(question).tables
    found = counts((str(plaque.level), str(PlaqueState(plaque.state).label)) for plaque in known)
    assert grid(by_state) == found
    held = [plaque for plaque in known if plaque.state in IN_FORCE]
    assert grid(in_force) == counts((str(plaque.site.area), str(plaque.level)) for plaque in held)
    for level in Level.objects.all():
        chosen = ask(question.user, {"level": str(level.pk)} | question.as_of())
        holders = [(str(one.site.area), str(one.site.category)) for one in held if one.level.pk == level.pk]
        assert grid(sites.section(chosen).tables[0]) == counts(holders)


def check_years(question, day, seen):
    (table,) = years.section(question).tables
    new = [(str(site.year), table.columns[0]) for site in history.sites_then(day) if site.area.pk in seen]
    given = [
        (str(one.awarded), f"Plaques: {one.level}")
        for one in history.plaques_then(day)
        if one.site.area.pk in seen and one.state in GIVEN and one.is_new
    ]
    columns = dict(
        zip(["new", *(f"Plaques: {level}" for level in question.levels)], table.columns, strict=True)
    )
    given = [(year, columns[column]) for year, column in given]
    running = {str(day.year): f"{day.year}年（截至当日）"}
    new = [(running.get(year, year), column) for year, column in new]
    first = min((int(year[:4]) for year, _column in [*new, *given] if int(year[:4]) >= 2008), default=2017)
    given = [(running.get(year, year), column) for year, column in given]
    assert grid(table) == counts([*new, *given], rows=False, columns=False)
    assert [row.label for row in table.rows] == [
        running.get(str(year), str(year)) for year in range(first, 2018)
    ]
    assert [row.is_drawn for row in table.rows] == [year < day.year for year in range(first, 2018)]


def check_flagships(question, day, seen):
    marked = history.flagships_then(day)
    (table,) = flagships.section(question).tables
    found = [
        (str(site.area), table.columns[0])
        for site in history.sites_then(day)
        if site.pk in marked and site.state == "active" and site.area.pk in seen
    ]
    assert grid(table) == counts(found, rows=False)


def check_figures(question, day, seen):
    known = [row for row in history.figures_then(day) if row[0].area.pk in seen]
    by_category, by_area = figures.section(question).tables
    labels = {
        one["code"]: row.label for one, row in zip(question.programme.figures, by_category.rows, strict=True)
    }
    heads = {2017: by_category.columns[-2], 2016: by_category.columns[-1]}
    triples = [(labels[code], heads[year], value) for _site, year, code, value in known if year in heads]
    triples += [
        (labels[code], str(site.category), value) for site, year, code, value in known if year == 2017
    ]
    assert grid(by_category) == amounts(triples, rows=False, columns=False)
    by_site = [(str(site.area), labels[code], value) for site, year, code, value in known if year == 2017]
    assert grid(by_area) == amounts(by_site, rows=False)


def check_funds(question, day, seen):
    (table,) = funds.section(question).tables
    known = [
        (str(site.area), str(year), amount)
        for site, year, amount in history.funds_then(day)
        if site.area.pk in seen
    ]
    assert grid(table) == amounts(known)


def check_ratios(question, day, seen):
    reported = history.area_figures_then(day)
    tables = ratios.section(question).tables
    for ratio, table in zip(question.programme.ratios, tables, strict=True):
        triples = []
        for area in question.areas:
            values = reported[area.pk]
            if ratio["part"] in values and ratio["whole"] in values:
                triples += [
                    (str(area), column, values[ratio[end]])
                    for column, end in zip(table.columns[:2], ("part", "whole"), strict=True)
                ]
        assert grid(table) == amounts(triples, rows=False)


def check_rows_behind(question):
    """The row sets hold as many rows as the numbers say, and their amounts add up to them."""
    found = [cell for module in (figures, funds, ratios) for cell in numbers(module.section(question))]
    assert bool(found) is (question.day != BEFORE)
    for cell in found:
        assert_rows(question.user, cell)


def assert_rows(user, cell):
    found = ROW_SETS[urlsplit(cell.url).path.rstrip("/").rpartition("/")[2]]
    query = {key: values[0] for key, values in parse_qs(urlsplit(cell.url).query).items()}
    rows = found.rows(ask_alike(user, query), {name: query.get(name, "") for name in found.params})
    assert rows.count() == cell.count, cell.url
    assert rows.aggregate(total=Sum(found.amount))["total"] == cell.amount, cell.url
    for row in rows:
        assert [str(column.value(row)) for column in found.columns]
