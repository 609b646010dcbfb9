"""Money for the sites by area and year, in yuan."""

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.past import site_name_then
from dashboard.question import Question
from dashboard.rows import Column, RowSet
from dashboard.sections.figures import site_address
from dashboard.sections.journal import Choice, area_of, category_cells, sums, year_of
from dashboard.tables import Section, cross
from sites.ledger_measures import FUNDS
from sites.life_enums import EntryState
from sites.models import Fund, SiteRecord
from sites.models.life import FundLog
from sites.tallies import counted

#: How many years are shown, the cycle's the last.
_YEARS = 5


def section(question: Question) -> Section:
    """Confirmed funds by area and year; one query."""
    years = [Choice(year, str(year)) for year in _years(question)]
    cells = counted(
        question.programme,
        question.shown_areas,
        [FUNDS],
        question.day,
        year__in=[year.value for year in years],
        **category_cells(question),
    )
    found = sums(cells, "area_id", "year")
    table = cross(
        rows=question.shown_areas,
        columns=years,
        count=lambda area, year: found[area.pk, year.value].count,
        amount=lambda area, year: found[area.pk, year.value].amount,
        url=lambda area, year: question.rows_address(
            "funds", area=area_of(question, area), year=year and year.value
        ),
        total=_("Total"),
        caption=_("Funds by county or park and year, in yuan"),
        corner=_("County or park"),
        chart="stacked",
    )
    return Section(
        code="funds",
        title=_("Funds"),
        tables=(table,),
        lead=_("In yuan, as the sites' ledgers of funds have them; only what the county has confirmed."),
    )


def _years(question: Question) -> range:
    return range(question.cycle.year - _YEARS + 1, question.cycle.year + 1)


def rows(question: Question, given: dict[str, str]) -> QuerySet:
    """The funds of a year (all years shown where none is given) that counted at the end of the day, each with the area
    and category its site had then."""
    years = [year_of(given["year"])] if given["year"] else list(_years(question))
    found = Fund.objects.filter(site__programme=question.programme, year__in=years)
    found = _counting(_in_place(found, question), question)
    found = found.annotate(site_name=site_name_then(question))
    return found.order_by("-year", "-amount", "id")


def _in_place(funds: QuerySet, question: Question) -> QuerySet:
    """Funds of sites that were in the areas and categories asked about at the end of the day."""
    areas = [area.pk for area in question.shown_areas]
    categories = [category.pk for category in question.shown_categories]
    if not question.is_past:
        return funds.filter(site__area__in=areas, site__category__in=categories)
    known = SiteRecord.objects.at(question.moment).filter(site=OuterRef("site")).order_by("-id")
    funds = funds.annotate(
        area_then=Subquery(known.values("area")[:1]), category_then=Subquery(known.values("category")[:1])
    )
    return funds.filter(area_then__in=areas, category_then__in=categories)


def _counting(funds: QuerySet, question: Question) -> QuerySet:
    """Funds that were confirmed at the end of the day: by the last step before it, else by the state they began in."""
    if not question.is_past:
        return funds.confirmed()
    steps = FundLog.objects.filter(subject=OuterRef("pk"))
    before = steps.filter(at__lte=question.moment).order_by("-id").values("to_state")[:1]
    after = steps.filter(at__gt=question.moment).order_by("id").values("from_state")[:1]
    funds = funds.filter(recorded_at__lte=question.moment)
    funds = funds.annotate(state_then=Coalesce(Subquery(before), Subquery(after), F("state")))
    return funds.filter(state_then=EntryState.CONFIRMED)


ROW_SETS = (
    RowSet(
        code="funds",
        title=gettext_lazy("Funds"),
        rows=rows,
        columns=(
            Column(gettext_lazy("Site name"), lambda row: row.site_name, url=site_address),
            Column(gettext_lazy("Source"), lambda row: row.name),
            Column(gettext_lazy("Purpose"), lambda row: row.purpose),
            Column(gettext_lazy("Year"), lambda row: row.year),
            Column(gettext_lazy("Amount (yuan)"), lambda row: row.amount, is_number=True),
            Column(gettext_lazy("Recorded on"), lambda row: row.recorded_at),
        ),
        params=("year",),
        amount="amount",
        words=lambda question, given: [given["year"]] if given["year"] else [],
    ),
)
