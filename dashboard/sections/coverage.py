"""Coverage of the cycle's year: by area and medium, by level of outlet, and which flagships have all media."""

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.past import site_name_then
from dashboard.question import Question
from dashboard.rows import Column, RowSet
from dashboard.sections.journal import Choice, area_of, category_cells, sums
from dashboard.tables import Number, Row, Section, Table, Words, cross, percent
from publicity.coverage_measures import measure_of
from publicity.models import CountedCoverage
from publicity.schemes import FLAGSHIPS as DUTY_OF_FLAGSHIPS
from publicity.schemes import Scheme, scheme_of
from sites.enums import SiteState
from sites.ledger_measures import FLAGSHIPS
from sites.models import SiteRecord
from sites.tallies import Counted, counted_by_area


def _pieces(question: Question) -> QuerySet:
    """What counted at the end of the day: originals of the cycle's year, in the areas and category asked about."""
    rows = CountedCoverage.objects.at(question.moment).filter(
        programme=question.programme, year=question.cycle.year, area__in=question.shown_areas
    )
    return rows.filter(category=question.category) if question.category else rows


def _piece_rows(question: Question, params: dict[str, str]) -> QuerySet:
    """Pieces, of one medium or one level of outlets where that is asked for."""
    rows = (
        _pieces(question)
        .select_related("coverage", "area")
        .annotate(site_name=site_name_then(question))
        .order_by("-coverage__published_on", "-pk")
    )
    if medium := params.get("medium"):
        rows = rows.filter(medium=medium)
    else:
        scheme = scheme_of(question.cycle)
        rows = rows.filter(medium__in=[term.code for term in scheme.media] if scheme else [])
    if level := params.get("outlet"):
        rows = rows.filter(outlet_level=level)
    return rows


def _whole_rows(question: Question, params: dict[str, str]) -> QuerySet:
    """Flagships that had coverage in every medium of the scheme, as they were on record at the end of the day."""
    scheme = scheme_of(question.cycle)
    codes = [term.code for term in scheme.media] if scheme else []
    pieces = CountedCoverage.objects.at(question.moment).filter(
        programme=question.programme, year=question.cycle.year, medium__in=codes, site__isnull=False
    )
    whole = pieces.order_by().values("site").annotate(n=Count("medium", distinct=True)).filter(n=len(codes))
    # Looked up by their ids: asked at once, SQLite reads the records of all sites of the areas.
    records = SiteRecord.objects.at(question.moment).filter(site__in=whole.values("site"))
    rows = SiteRecord.objects.filter(
        pk__in=records.order_by().values("pk"),
        area__in=question.shown_areas,
        state=SiteState.ACTIVE.value,
        shown__flagship=True,
    )
    rows = rows.filter(category=question.category) if question.category else rows
    return rows.select_related("area", "category").order_by("area_id", "site_id")


def _narrowed_words(question: Question, params: dict[str, str]) -> list[str]:
    """The medium and the level of outlets the pieces were narrowed to; what the scheme does not know, as it is."""
    scheme = scheme_of(question.cycle)
    known = {term.code: str(term) for term in (*scheme.media, *scheme.levels)} if scheme else {}
    return [known.get(code, code) for code in (params.get("medium"), params.get("outlet")) if code]


ROW_SETS = (
    RowSet(
        code="coverage",
        title=gettext_lazy("Coverage"),
        rows=_piece_rows,
        columns=(
            Column(
                gettext_lazy("Headline"),
                lambda row: row.coverage.title,
                url=lambda row: reverse("publicity:coverage_entry", args=[row.coverage_id]),
            ),
            Column(gettext_lazy("Published on"), lambda row: row.coverage.published_on),
            Column(gettext_lazy("Name of the outlet"), lambda row: row.coverage.outlet),
            Column(gettext_lazy("County or park"), lambda row: str(row.area)),
            Column(gettext_lazy("Site"), lambda row: row.site_name or ""),
        ),
        params=("medium", "outlet"),
        words=_narrowed_words,
    ),
    RowSet(
        code="whole-flagships",
        title=gettext_lazy("Flagships with all media"),
        rows=_whole_rows,
        columns=(
            Column(
                gettext_lazy("Site"),
                lambda row: row.shown["name"],
                url=lambda row: reverse("sites:detail", args=[row.site_id]),
            ),
            Column(gettext_lazy("Category"), lambda row: str(row.category)),
            Column(gettext_lazy("County or park"), lambda row: str(row.area)),
        ),
    ),
)


def section(question: Question) -> Section | None:
    """Coverage by area and medium and by level of outlet, and the flagships with all media; three queries. None where
    the year's scheme says nothing of publicity."""
    scheme = scheme_of(question.cycle)
    if scheme is None:
        return None
    cells = counted_by_area(
        question.programme,
        question.shown_areas,
        [measure_of(medium.code) for medium in scheme.media],
        question.day,
        year=question.cycle.year,
        **category_cells(question),
    )
    tables = [_by_area(question, scheme, cells), _by_level(question, scheme, cells)]
    if scheme.duty_of == DUTY_OF_FLAGSHIPS:
        tables.append(_flagships(question))
    return Section(code="coverage", title=_("Coverage"), tables=tuple(tables), lead=_lead(question, scheme))


def _by_area(question: Question, scheme: Scheme, cells: list[Counted]) -> Table:
    found = sums(cells, "area_id", "measure")
    return cross(
        rows=question.shown_areas,
        columns=[Choice(medium.code, str(medium)) for medium in scheme.media],
        count=lambda area, medium: found[area.pk, measure_of(medium.value)].count,
        url=lambda area, medium: question.rows_address(
            "coverage", area=area_of(question, area), medium=medium and medium.value
        ),
        total=_("Total"),
        caption=_("Coverage of %(year)s by county or park and medium") % {"year": question.cycle.year},
        corner=_("County or park"),
        chart="stacked",
    )


def _by_level(question: Question, scheme: Scheme, cells: list[Counted]) -> Table:
    found = sums(cells, "state", "measure")
    known = {level.code: str(level) for level in scheme.levels}
    codes = [*known, *sorted({cell.state for cell in cells} - known.keys())]
    return cross(
        rows=[Choice(code, known.get(code, code)) for code in codes],
        columns=[Choice(medium.code, str(medium)) for medium in scheme.media],
        count=lambda level, medium: found[level.value, measure_of(medium.value)].count,
        url=lambda level, medium: question.rows_address(
            "coverage",
            area=area_of(question),
            outlet=level and level.value,
            medium=medium and medium.value,
        ),
        total=_("Total"),
        caption=_("Coverage of %(year)s by level of the outlet and medium") % {"year": question.cycle.year},
        corner=_("Level of the outlet"),
    )


def _flagships(question: Question) -> Table:
    """Two queries: the flagships from the journal, those with all media from the rows of the year."""
    flagships = sums(
        counted_by_area(
            question.programme,
            question.shown_areas,
            [FLAGSHIPS],
            question.day,
            **category_cells(question),
        ),
        "area_id",
    )
    whole = dict(
        _whole_rows(question, {})
        .order_by()
        .values_list("area_id")
        .annotate(n=Count("pk"))
        .values_list("area_id", "n")
    )
    rows = tuple(
        Row(
            label=str(area),
            numbers=_numbers(question, area, flagships[area.pk,].count, whole.get(area.pk, 0)),
        )
        for area in question.shown_areas
    )
    in_all = sum(one.count for one in flagships.values())
    return Table(
        columns=(_("Flagships"), _("With all media"), _("Share")),
        rows=rows,
        total=Row(label=_("Total"), numbers=_numbers(question, None, in_all, sum(whole.values()))),
        caption=_("Flagships with coverage in every medium in %(year)s") % {"year": question.cycle.year},
        corner=_("County or park"),
    )


def _numbers(question: Question, area, flagships: int, whole: int) -> tuple:
    share = percent(whole, flagships)
    return (
        Number(
            flagships,
            question.list_address(
                "sites:list",
                programme=question.programme.pk,
                area=area_of(question, area),
                category=question.category and question.category.pk,
                flagship="true",
                state=SiteState.ACTIVE.value,
            ),
        ),
        Number(whole, question.rows_address("whole-flagships", area=area_of(question, area))),
        Words("–" if share is None else _("%(n)s %%") % {"n": share}, share=share),
    )


def _lead(question: Question, scheme: Scheme) -> str:
    words = _(
        "Originals that came out in %(year)s and were in the register at the end of the day; reprints are not counted."
    )
    words = words % {"year": question.cycle.year}
    return (
        _("%(words)s (Rule: %(article)s)") % {"words": words, "article": scheme.article}
        if scheme.article
        else words
    )
