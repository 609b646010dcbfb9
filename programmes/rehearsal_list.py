"""The list of a rehearsal: filtered in memory, because nothing of it is in the database."""

import django_filters
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import StyledFilterSet
from notices.enums import DutyKind
from notices.models import Reminder
from notices.reminding.words import stage_words
from programmes.rehearsal import Entry


class RehearsalFilter(StyledFilterSet):
    """Its fields as a form; `chosen` picks the entries."""

    month = django_filters.ChoiceFilter(
        label=gettext_lazy("Month"), choices=[(str(n), MONTHS[n]) for n in MONTHS]
    )
    q = django_filters.CharFilter(label=gettext_lazy("Person, unit or what is owed"))
    kind = django_filters.ChoiceFilter(label=gettext_lazy("Kind"), choices=DutyKind)

    class Meta(StyledFilterSet.Meta):
        model = Reminder
        fields = []

    def filter_queryset(self, queryset):
        """Nothing of it is in the database."""
        return queryset

    def chosen(self, entries: list[Entry]) -> list[Entry]:
        if not self.form.is_valid():
            return []
        wanted = self.form.cleaned_data
        month, kind, text = wanted["month"], wanted["kind"], wanted["q"].strip().lower()
        return [
            entry
            for entry in entries
            if (not month or entry.day.month == int(month))
            and (not kind or entry.kind == kind)
            and (not text or text in f"{entry.person} {entry.unit} {entry.subject}".lower())
        ]


def headers() -> list[str]:
    return [_("Day"), _("Person"), _("Unit"), _("Kind"), _("What is owed"), _("Due"), _("Stage"), _("Why")]


def cells(entries: list[Entry]):
    """The rows of the page as cells of the workbook."""
    for entry in entries:
        yield [
            entry.day.isoformat(),
            entry.person,
            entry.unit,
            str(DutyKind(entry.kind).label),
            entry.subject,
            entry.due_on.isoformat(),
            stage_words(entry.stage),
            entry.why,
        ]
