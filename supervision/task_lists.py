"""The list of tasks: how it is filtered, sorted and exported."""

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts import clock
from accounts.filters import StyledFilterSet
from accounts.models import Unit
from accounts.resources import ListResource
from applications.filters import visible_cycles
from supervision.enums import TaskState
from supervision.meeting_lists import name_choices
from supervision.models import Task
from supervision.task_phases import phases_of
from supervision.task_selectors import with_words

ORDERINGS = {
    "title": ("title",),
    "unit": ("unit_id",),
    "due": ("due_on",),
    "state": ("state",),
    "progress": ("progress",),
}


def task_units(request):
    """Units with a task the person may see."""
    return Unit.objects.filter(pk__in=Task.objects.visible_to(request.user).order_by().values("unit_id"))


class TaskFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Task or unit"), method="search")
    cycle = django_filters.ModelChoiceFilter(label=_("Year"), queryset=visible_cycles)
    unit = django_filters.ModelChoiceFilter(label=_("Unit"), queryset=task_units)
    phase = django_filters.ChoiceFilter(label=_("Phase"), choices=())
    state = django_filters.ChoiceFilter(label=_("State"), choices=TaskState)
    overdue = django_filters.BooleanFilter(label=_("Overdue"), method="is_overdue")
    part = django_filters.BooleanFilter(
        label=_("Part of another task"), field_name="parent", lookup_expr="isnull", exclude=True
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, request=request, **kwargs)
        phases = {code: name for cycle in visible_cycles(request) for code, name in phases_of(cycle).items()}
        name_choices(self.form.fields["phase"], phases)

    class Meta(StyledFilterSet.Meta):
        model = Task
        fields = []

    def search(self, queryset, name, value):
        value = value.strip()
        return queryset.filter(
            Q(title__icontains=value)
            | Q(unit__name__icontains=value)
            | Q(unit__initials__startswith=value.lower())
        )

    def is_overdue(self, queryset, name, value):
        late = Q(state=TaskState.OPEN, due_on__lt=clock.today())
        return queryset.filter(late if value else ~late)


class TaskResource(ListResource):
    """The task ledger as a workbook, with the columns of the page."""

    year = fields.Field("cycle__year", column_name=_("Year"))
    phase = fields.Field("phase_name", column_name=_("Phase"))
    title = fields.Field("name", column_name=_("Task"))
    detail = fields.Field("detail", column_name=_("What is asked"))
    unit = fields.Field(column_name=_("Unit"))
    part_of = fields.Field(column_name=_("Part of"))
    due_on = fields.Field(column_name=_("Due"))
    progress = fields.Field("percent", column_name=_("Progress (%)"))
    state = fields.Field("state_words", column_name=_("State"))
    due = fields.Field("due_words", column_name=_("Time left"))
    said = fields.Field(column_name=_("Last report"))
    said_on = fields.Field(column_name=_("Reported on"))

    class Meta:
        model = Task
        fields = (
            "year",
            "phase",
            "title",
            "detail",
            "unit",
            "part_of",
            "due_on",
            "progress",
            "state",
            "due",
            "said",
            "said_on",
        )
        export_order = fields

    def prepared(self, rows):
        return with_words(rows)

    def dehydrate_unit(self, task):
        return str(task.unit)

    def dehydrate_part_of(self, task):
        return f"{task.parent.title} · {task.parent.unit}" if task.parent_id else ""

    def dehydrate_due_on(self, task):
        return task.due_on.isoformat()

    def dehydrate_said(self, task):
        return task.said or ""

    def dehydrate_said_on(self, task):
        return timezone.localdate(task.said_at).isoformat() if task.said_at else ""
