"""Findings of the supervision groups: what is still to be put right, and how long it is overdue."""

import datetime
from collections.abc import Iterable

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.past import due_then, in_category, site_name_then, state_then, with_day
from dashboard.question import Question
from dashboard.rows import Column, RowSet
from dashboard.sections.journal import number_of
from dashboard.sections.standstill import days_words
from dashboard.tables import Headline, Number, Row, Section, Table, Words
from supervision.enums import PENDING_FINDINGS, FindingState
from supervision.finding_days import finding_rules_of
from supervision.models import Finding, FindingDay, FindingLog, GroupArea, SupervisionGroup

_S = FindingState
#: What is counted: heading and condition. All but those overdue add up to all findings.
COUNTED: dict[str, tuple[object, Q]] = {
    "pending": (
        gettext_lazy("Still to be put right"),
        Q(state_then__in=[state.value for state in PENDING_FINDINGS]),
    ),
    "overdue": (gettext_lazy("Of them overdue"), Q(state_then=_S.OPEN.value, due_then__lt=F("asked_on"))),
    "reported": (gettext_lazy("Waiting for the second look"), Q(state_then=_S.REPORTED.value)),
    "closed": (gettext_lazy("Put right and closed"), Q(state_then=_S.CLOSED.value)),
    "dropped": (gettext_lazy("Taken back"), Q(state_then=_S.DROPPED.value)),
}


def _then(question: Question) -> QuerySet:
    """The cycle's findings that were known on the day, with `state_then` and `due_then`, the day they had then."""
    rows = Finding.objects.visible_to(question.user).filter(
        in_category(question),
        cycle=question.cycle,
        area__in=question.shown_areas,
        recorded_at__lte=question.moment,
    )
    return with_day(question, rows).annotate(
        state_then=state_then(question, FindingLog, _S.OPEN.value),
        due_then=due_then(question, FindingDay, "finding"),
    )


def _rows(question: Question, params: dict[str, str]) -> QuerySet:
    """Findings; of one `group`, and of one of the kinds counted, if they are given. The longest due first."""
    rows = _then(question)
    if params.get("group"):
        rows = rows.filter(group=number_of(params["group"]))
    if params.get("which") in COUNTED:
        rows = rows.filter(COUNTED[params["which"]][1])
    rows = rows.annotate(site_name=site_name_then(question))
    return rows.select_related("unit", "area", "owner", "group").order_by("due_then", "pk")


def _words(question: Question, params: dict[str, str]) -> list[str]:
    return [str(COUNTED[params["which"]][0])] if params.get("which") in COUNTED else []


def _days_over(finding: Finding) -> int:
    over = finding.state_then == FindingState.OPEN and finding.due_then < finding.asked_on
    return (finding.asked_on - finding.due_then).days if over else 0


def finding_address(finding: Finding) -> str:
    return reverse("supervision:finding", args=[finding.pk])


ROW_SETS = (
    RowSet(
        code="findings",
        title=gettext_lazy("Findings of the year"),
        rows=_rows,
        columns=(
            Column(gettext_lazy("Number"), lambda row: row.number, url=finding_address),
            Column(gettext_lazy("Site or unit"), lambda row: row.site_name or str(row.unit)),
            Column(gettext_lazy("County or park"), lambda row: str(row.area)),
            Column(gettext_lazy("Supervision group"), lambda row: str(row.group)),
            Column(gettext_lazy("Unit responsible"), lambda row: str(row.owner)),
            Column(gettext_lazy("State"), lambda row: FindingState(row.state_then).label),
            Column(gettext_lazy("Due"), lambda row: row.due_then),
            Column(gettext_lazy("Days overdue"), _days_over, is_number=True),
        ),
        params=("group", "which"),
        words=_words,
    ),
)


def section(question: Question) -> Section | None:
    """Findings of the cycle by supervision group of the areas; two queries. None where the scheme knows no findings,
    and for those who look after single sites only."""
    if not question.areas or not finding_rules_of(question.cycle):
        return None
    counts = _counts(question)
    areas = GroupArea.objects.on(question.day).filter(area__in=question.shown_areas)
    groups = SupervisionGroup.objects.filter(
        Q(pk__in=list(counts)) | Q(pk__in=areas.values("group")), programme=question.programme
    )
    return Section(
        code="findings",
        title=_("Findings by supervision group"),
        lead=_(
            "Findings of this year’s supervision. Overdue is what waits for the unit after its day; while another "
            "office is asked for help, the clock stands still. Levels are not told apart."
        ),
        tables=(_by_group(question, groups, counts),),
        headline=Headline(_number(question, list(counts.values()), "overdue"), _("Overdue findings")),
    )


def _counts(question: Question) -> dict[int, dict]:
    """Per group how many of each kind, and the earliest day of those overdue."""
    counted = {code: Count("pk", filter=condition) for code, (_head, condition) in COUNTED.items()}
    rows = _then(question).order_by().values("group_id")
    found = rows.annotate(all=Count("pk"), earliest=Min("due_then", filter=COUNTED["overdue"][1]), **counted)
    return {row["group_id"]: row for row in found}


def _by_group(question: Question, groups: Iterable[SupervisionGroup], counts: dict[int, dict]) -> Table:
    return Table(
        columns=(*(str(head) for head, _condition in COUNTED.values()), _("All"), _("Longest overdue")),
        rows=tuple(
            Row(label=str(group), numbers=_numbers(question, [counts.get(group.pk, {})], group))
            for group in groups
        ),
        total=Row(label=_("Total"), numbers=_numbers(question, list(counts.values()))),
        caption=_("Findings by supervision group"),
        corner=_("Supervision group"),
    )


def _numbers(question: Question, counts: list[dict], group: SupervisionGroup | None = None) -> tuple:
    earliest = min((row["earliest"] for row in counts if row.get("earliest")), default=None)
    overdue = _number(question, counts, "overdue", group)
    return (
        *(_number(question, counts, code, group) for code in (*COUNTED, "all")),
        Words(_overdue_words(question.day, earliest), overdue.url if earliest else "", is_measure=True),
    )


def _number(
    question: Question, counts: list[dict], code: str, group: SupervisionGroup | None = None
) -> Number:
    """Findings of one of the kinds counted, or `all` of them; of one group, or of all."""
    url = question.rows_address("findings", group=group and group.pk, which=None if code == "all" else code)
    return Number(sum(row.get(code, 0) for row in counts), url)


def _overdue_words(day: datetime.date, earliest: datetime.date | None) -> str:
    return days_words((day - earliest).days) if earliest else "–"
