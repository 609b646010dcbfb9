"""Forms of tasks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.forms import DateInput, ReasonForm, StyledForm
from accounts.models import Unit
from accounts.uploads import OFFICE, SCANS
from applications.models import Cycle
from supervision.models import Task
from supervision.task_phases import phases_of
from supervision.upload_fields import FilesField


class UnitsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, unit):
        """Townships with their county: many have an office of the same name."""
        return str(unit) if unit.is_area or unit.kind == UnitKind.CITY else f"{unit} · {unit.parent}"


class GiveForm(StyledForm):
    """A task for one unit or many."""

    title = forms.CharField(label=_("Task"), max_length=200)
    detail = forms.CharField(
        label=_("What is asked"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
    )
    phase = forms.ChoiceField(label=_("Phase"), required=False)
    due_on = forms.DateField(label=_("Due"), widget=DateInput())
    all_areas = forms.BooleanField(label=_("All counties and parks"), required=False)
    units = UnitsField(label=_("Single units"), queryset=Unit.objects.none(), required=False)

    def __init__(self, *args, cycle: Cycle, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.areas = [unit for unit in units if unit.is_area]
        self.fields["units"].queryset = units
        self.fields["phase"].choices = [("", _("None")), *phases_of(cycle).items()]
        if not phases_of(cycle):
            del self.fields["phase"]

    def clean(self):
        cleaned = super().clean()
        chosen = list(cleaned.get("units") or [])
        if cleaned.pop("all_areas", False):
            chosen += [unit for unit in self.areas if unit not in chosen]
        if not chosen:
            self.add_error("units", _("Choose at least one unit."))
        cleaned["units"] = chosen
        return cleaned


class PartForm(StyledForm):
    """A part of a task for units below."""

    title = forms.CharField(label=_("Part of the task"), max_length=200)
    detail = forms.CharField(
        label=_("What is asked"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
    )
    due_on = forms.DateField(label=_("Due"), widget=DateInput())
    units = UnitsField(label=_("Units"), queryset=Unit.objects.none())

    def __init__(self, *args, task: Task, units, **kwargs):
        super().__init__(*args, initial={"title": task.title, "due_on": task.due_on}, **kwargs)
        self.fields["units"].queryset = units
        self.fields["due_on"].widget.attrs["max"] = task.due_on.isoformat()


class MoveForm(ReasonForm):
    due_on = forms.DateField(label=_("New day"), widget=DateInput())
    field_order = ("due_on", "reason")


class ConfirmForm(StyledForm):
    reason = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000}),
    )


class ReportForm(StyledForm):
    """What was done. Whether this is all is said by the button."""

    text = forms.CharField(
        label=_("What has been done"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 5000}),
    )
    progress = forms.IntegerField(label=_("Progress in percent"), min_value=0, max_value=100, required=False)
    files = FilesField(
        label=_("Proof"),
        kinds=SCANS | OFFICE,
        help_text=_("PDF, JPEG, PNG, Word or Excel; several at once. State secrets must not be uploaded."),
    )

    def __init__(self, *args, has_parts: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if has_parts:
            del self.fields["progress"]
