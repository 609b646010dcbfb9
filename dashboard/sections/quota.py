"""How far counties and parks have used their quota."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import QuotaPlace
from dashboard.filings import COLUMNS, for_list, holding_places
from dashboard.question import Question
from dashboard.rows import Column, RowSet
from dashboard.tables import Headline, Number, Row, Section, Table, Words, percent


def _places(question: Question) -> QuerySet:
    """The places there were: those of the scheme, and the extra ones granted by the end of the day."""
    rows = QuotaPlace.objects.filter(cycle=question.cycle, area__in=question.shown_areas)
    if question.level:
        rows = rows.filter(level=question.level)
    return rows.filter(Q(granted_at=None) | Q(granted_at__lte=question.moment))


def _place_rows(question: Question, params: dict[str, str]) -> QuerySet:
    """Quota places; with `extra` only the extra ones."""
    rows = _places(question).select_related("area", "level").order_by("area_id", "level__rank", "ordinal")
    return rows.filter(is_extra=True) if params.get("extra") else rows


def _taken_rows(question: Question, params: dict[str, str]) -> QuerySet:
    return for_list(question, holding_places(question))


ROW_SETS = (
    RowSet(
        code="places",
        title=gettext_lazy("Quota places"),
        rows=_place_rows,
        columns=(
            Column(gettext_lazy("County or park"), lambda row: str(row.area)),
            Column(gettext_lazy("Level"), lambda row: str(row.level)),
            Column(gettext_lazy("Place number"), lambda row: row.ordinal, is_number=True),
            Column(gettext_lazy("Kind"), lambda row: _("extra") if row.is_extra else _("of the scheme")),
            Column(
                gettext_lazy("Granted on"),
                lambda row: timezone.localdate(row.granted_at) if row.granted_at else "",
            ),
            Column(gettext_lazy("Reason"), lambda row: row.reason),
        ),
        params=("extra",),
    ),
    RowSet(
        code="taken",
        title=gettext_lazy("Applications that take a quota place"),
        rows=_taken_rows,
        columns=COLUMNS,
    ),
)


def section(question: Question) -> Section | None:
    """Places, extra places and those taken, by area, one table a level; two queries. None without any quota."""
    # A quota does not tell categories apart, nor do the lists behind it.
    question = replace(question, category=None)
    places, extra, taken = Counter(), Counter(), Counter()
    counted = _places(question).order_by().values_list("area_id", "level_id")
    for area, level, all_, more in counted.annotate(
        all=Count("pk"), more=Count("pk", filter=Q(is_extra=True))
    ):
        places[area, level], extra[area, level] = all_, more
    if not places:
        return None
    holding = holding_places(question).order_by().values_list("area_id", "level_id")
    for area, level, count in holding.annotate(count=Count("pk")):
        taken[area, level] = count
    known = {level for _area, level in places}
    return Section(
        code="quota",
        title=_("Places used"),
        lead=_(
            "Places of the scheme and extra ones granted by the day. An application takes its place from filing on and "
            "gives it back when it is refused or withdrawn. Categories share one quota."
        ),
        tables=tuple(
            _of_level(question, level, (places, extra, taken))
            for level in question.shown_levels
            if level.pk in known
        ),
        headline=Headline(
            Number(taken.total(), question.rows_address("taken")),
            _("Applications filed, of %(places)s places") % {"places": places.total()},
        ),
    )


def _of_level(question: Question, level, counted: tuple[Counter, Counter, Counter]) -> Table:
    def line(areas: Iterable, area=None) -> tuple[Number | Words, ...]:
        places, extra, taken = (sum(found[one.pk, level.pk] for one in areas) for found in counted)
        query = {"level": level.pk} | ({"area": area.pk} if area else {})
        share = percent(taken, places) or 0
        return (
            Number(places, question.rows_address("places", **query)),
            Number(extra, question.rows_address("places", extra="1", **query)),
            Number(taken, question.rows_address("taken", **query)),
            Words(text=_("%(n)s %%") % {"n": share}, share=min(share, 100)),
        )

    return Table(
        columns=(_("Places"), _("Of them extra"), _("Taken"), _("Used")),
        rows=tuple(Row(label=str(area), numbers=line([area], area)) for area in question.shown_areas),
        total=Row(label=_("Total"), numbers=line(question.shown_areas)),
        caption=_("Places used by county or park: %(level)s") % {"level": level},
        corner=str(level),
    )
