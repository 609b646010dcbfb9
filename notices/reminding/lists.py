"""The lists of reminders, a person's own and the office's ledger: how they are filtered, sorted and exported."""

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.filters import StyledFilterSet
from accounts.forms import DateInput
from accounts.resources import ListResource
from notices.enums import DutyKind, ReminderState
from notices.models import Reminder

ORDERINGS = {
    "due_on": ("due_on",),
    "sent_at": ("sent_at",),
    "state": ("state",),
    "recipient": ("recipient__unit", "recipient__title"),
    "unit": ("recipient__unit",),
    "stage": ("stage",),
}


class ReminderFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("What is owed"), field_name="subject", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=DutyKind)
    state = django_filters.ChoiceFilter(label=_("State"), choices=ReminderState)
    since = django_filters.DateFilter(
        label=_("Due from"), field_name="due_on", lookup_expr="gte", widget=DateInput()
    )
    until = django_filters.DateFilter(
        label=_("Due until"), field_name="due_on", lookup_expr="lte", widget=DateInput()
    )

    class Meta(StyledFilterSet.Meta):
        model = Reminder
        fields = []


class LedgerFilter(ReminderFilter):
    q = django_filters.CharFilter(label=_("Person, unit or what is owed"), method="search")

    def search(self, queryset, name, value):
        return queryset.filter(
            Q(subject__icontains=value)
            | Q(recipient__title__icontains=value)
            | Q(recipient__username__icontains=value)
            | Q(recipient__unit__name__icontains=value)
        )


class ReminderResource(ListResource):
    """One's own reminders as a workbook."""

    due_on = fields.Field(column_name=_("Due"))
    kind = fields.Field("get_kind_display", column_name=_("Kind"))
    subject = fields.Field("subject", column_name=_("What is owed"))
    why = fields.Field("why", column_name=_("Why you"))
    stage = fields.Field("stage_label", column_name=_("Stage"))
    state = fields.Field("get_state_display", column_name=_("State"))
    sent_at = fields.Field(column_name=_("Sent"))
    read_at = fields.Field(column_name=_("Read"))

    class Meta:
        model = Reminder
        fields = ("due_on", "kind", "subject", "why", "stage", "state", "sent_at", "read_at")
        export_order = fields

    def dehydrate_due_on(self, reminder):
        return reminder.due_on.isoformat()

    def dehydrate_sent_at(self, reminder):
        return _moment(reminder.sent_at)

    def dehydrate_read_at(self, reminder):
        return _moment(reminder.read_at)


class LedgerResource(ReminderResource):
    """The ledger of the office, with who was reminded."""

    recipient = fields.Field(column_name=_("Person"))
    unit = fields.Field(column_name=_("Unit"))
    why = fields.Field("why", column_name=_("Why this person"))

    class Meta(ReminderResource.Meta):
        fields = ("recipient", "unit", *ReminderResource.Meta.fields)
        export_order = fields

    def dehydrate_recipient(self, reminder):
        return str(reminder.recipient)

    def dehydrate_unit(self, reminder):
        return str(reminder.recipient.unit or "")


def _moment(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
