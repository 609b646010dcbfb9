"""The list of findings: how it is filtered, sorted and exported."""

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts import clock
from accounts.filters import StyledFilterSet
from accounts.models import Unit
from accounts.names import in_english
from accounts.resources import ListResource
from accounts.wanted import wanted
from applications.filters import visible_cycles
from sites.filters import visible_areas
from supervision.enums import PENDING_FINDINGS, EscalationState, FindingKind, FindingState
from supervision.finding_selectors import with_next_step
from supervision.models import Finding, SupervisionGroup
from supervision.searching import finding_matches

ORDERINGS = {
    "number": ("cycle__year", "id"),
    "place": ("site__initials", "unit_id"),
    "owner": ("owner_id",),
    "due": ("due_on",),
    "state": ("state", "due_on"),
}
#: Every state but the last two: what somebody has still to do with.
PENDING, OVERDUE = "pending", "overdue"


def visible_groups(request):
    return SupervisionGroup.objects.visible_to(request.user)


def visible_owners(request):
    """Units that have something to put right, among the findings a person sees."""
    seen = Finding.objects.visible_to(request.user).order_by()
    return Unit.objects.filter(pk__in=seen.values("owner"))


def severities():
    """The severities findings were recorded with, as they were named then."""
    rows = Finding.objects.order_by("severity").values_list(
        "severity", "severity_name_en" if in_english() else "severity_name"
    )
    return sorted(dict(rows.distinct()).items())


class FindingFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Number, site or text"), method="search")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(PENDING, _("All not yet put right")), (OVERDUE, _("Overdue")), *FindingState.choices],
        method="in_state",
    )
    area = django_filters.ModelChoiceFilter(label=_("County or park"), queryset=visible_areas)
    owner = django_filters.ModelChoiceFilter(label=_("Unit responsible"), queryset=visible_owners)
    group = django_filters.ModelChoiceFilter(label=_("Supervision group"), queryset=visible_groups)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=FindingKind)
    severity = django_filters.ChoiceFilter(label=_("Severity"), choices=severities)
    ladder = django_filters.ChoiceFilter(
        label=_("Escalation"), choices=EscalationState, field_name="escalation__state"
    )
    cycle = django_filters.ModelChoiceFilter(label=_("Year"), queryset=visible_cycles)

    class Meta(StyledFilterSet.Meta):
        model = Finding
        fields = []

    def search(self, queryset, name, value):
        return queryset.filter(finding_matches(wanted(value)))

    def in_state(self, queryset, name, value):
        if value == OVERDUE:
            return queryset.overdue(clock.today())
        if value == PENDING:
            return queryset.filter(state__in=PENDING_FINDINGS)
        return queryset.filter(state=value)


class FindingResource(ListResource):
    """The list of findings as a workbook, with the columns of the page and the texts."""

    number = fields.Field("number", column_name=_("Number"))
    place = fields.Field(column_name=_("Site or unit"))
    area = fields.Field(column_name=_("County or park"))
    group = fields.Field(column_name=_("Supervision group"))
    kind = fields.Field("get_kind_display", column_name=_("Kind"))
    severity = fields.Field("severity_label", column_name=_("Severity"))
    text = fields.Field("text", column_name=_("What was found"))
    owner = fields.Field(column_name=_("Unit responsible"))
    recorded_on = fields.Field(column_name=_("Recorded on"))
    due_on = fields.Field(column_name=_("Due"))
    state = fields.Field("get_state_display", column_name=_("State"))
    ladder = fields.Field("escalation__get_state_display", column_name=_("Escalation"))
    next = fields.Field(column_name=_("What is next"))

    class Meta:
        model = Finding
        fields = (
            "number", "place", "area", "group", "kind", "severity", "text", "owner", "recorded_on", "due_on",
            "state", "ladder", "next",
        )  # fmt: skip
        export_order = fields

    def prepared(self, rows):
        return with_next_step(rows)

    def dehydrate_place(self, finding):
        return str(finding.place)

    def dehydrate_area(self, finding):
        return str(finding.area)

    def dehydrate_group(self, finding):
        return str(finding.group)

    def dehydrate_owner(self, finding):
        return str(finding.owner)

    def dehydrate_recorded_on(self, finding):
        return timezone.localdate(finding.recorded_at).isoformat()

    def dehydrate_due_on(self, finding):
        return finding.due_on.isoformat()

    def dehydrate_ladder(self, finding):
        return finding.ladder_words

    def dehydrate_next(self, finding):
        return str(finding.next or "")
