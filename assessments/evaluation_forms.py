"""Forms of the quarterly evaluation of units."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, StyledForm
from accounts.models import Unit
from assessments.evaluation_rules import why_not_points
from assessments.evaluation_selectors import ToScore
from assessments.forms import _choice, _text
from assessments.models import Duty, UnitClass


class DutyReportForm(StyledForm):
    """A unit's report that a duty is done."""

    done_on = forms.DateField(label=_("Done on"), widget=DateInput())
    text = _text(
        _("What has been done"),
        2000,
        rows=5,
        help_text=_("In a few sentences, with figures; no names of members."),
    )
    upload = forms.FileField(
        label=_("Paper or photo"),
        required=False,
        help_text=_("Nothing has to be added. No state secrets. PDF, Word, Excel or picture."),
    )

    def __init__(self, *args, stopped=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.stopped = stopped

    def clean(self):
        cleaned = super().clean()
        if self.stopped:
            self.add_error("upload", str(self.stopped))
        return cleaned


@dataclass(frozen=True)
class Block:
    """One unit on the scoring page with its fields."""

    item: ToScore
    points: forms.BoundField
    done_on: forms.BoundField
    reason: forms.BoundField
    seen: forms.BoundField


class PointsMixin:
    """Fields for the points of one duty and unit, by a key: points_3, done_on_3, reason_3."""

    def add_points(self, key: int, duty: Duty, present, report=None) -> None:
        done_on = present.done_on if present else report and report.done_on
        self.fields[f"points_{key}"] = forms.DecimalField(
            label=_("Points"),
            required=False,
            min_value=0,
            max_value=duty.points,
            max_digits=6,
            decimal_places=2,
            initial=present and f"{present.points.normalize():f}",  # 10, not 1E+1
            widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
        )
        self.fields[f"done_on_{key}"] = forms.DateField(
            label=_("Done on"), required=False, initial=done_on, widget=DateInput()
        )
        self.fields[f"reason_{key}"] = forms.CharField(
            label=_("Reason"), required=False, max_length=500, initial=present.reason if present else ""
        )

    def check_points(self, key: int, duty: Duty, present) -> None:
        cleaned, points = self.cleaned_data, self.cleaned_data.get(f"points_{key}")
        if f"points_{key}" in self.errors or f"done_on_{key}" in self.errors:
            return
        if points is None:
            if present is not None:
                self.add_error(f"points_{key}", _("Points once given are changed, not emptied."))
            return
        refusal = why_not_points(
            duty, points, cleaned.get(f"done_on_{key}"), cleaned.get(f"reason_{key}", "")
        )
        if refusal is not None:
            self.add_error(f"points_{key}", str(refusal))

    def entry(self, key: int) -> dict:
        cleaned = self.cleaned_data
        return {
            "points": cleaned[f"points_{key}"],
            "done_on": cleaned[f"done_on_{key}"],
            "reason": cleaned[f"reason_{key}"].strip(),
        }


class ScoringForm(PointsMixin, StyledForm):
    """The points of all units for one duty; a unit left empty is left for later."""

    def __init__(self, *args, duty: Duty, items: list[ToScore], **kwargs):
        self.duty, self.items = duty, items
        super().__init__(*args, **kwargs)
        for item in items:
            self.add_points(item.unit.pk, duty, item.points, item.report)
            self.fields[f"seen_{item.unit.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=item.points.pk if item.points else 0
            )
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control")

    def clean(self):
        cleaned = super().clean()
        for item in self.items:
            self.check_points(item.unit.pk, self.duty, item.points)
        return cleaned

    def blocks(self) -> list[Block]:
        return [
            Block(item, *(self[f"{name}_{item.unit.pk}"] for name in ("points", "done_on", "reason", "seen")))
            for item in self.items
        ]

    def entries(self) -> dict[int, dict]:
        """What was filled in, by the id of the unit's row."""
        given = [
            item.unit.pk for item in self.items if self.cleaned_data.get(f"points_{item.unit.pk}") is not None
        ]
        return {pk: self.entry(pk) | {"seen": self.cleaned_data[f"seen_{pk}"]} for pk in given}


class UnitObjectionForm(StyledForm):
    """What a unit objects to."""

    text = _text(
        _("What is objected to"), 2000, help_text=_("Which duty, and what should be counted otherwise.")
    )


class UnitObjectionDecisionForm(PointsMixin, StyledForm):
    """What came of a unit's objection, with the points as they stand, to be corrected where it is upheld."""

    upheld = _choice(_("Outcome"), _("Upheld: points are corrected below"), _("Not upheld"))
    findings = _text(_("Findings"), 2000)

    def __init__(self, *args, lines, **kwargs):
        self.lines = lines
        super().__init__(*args, **kwargs)
        for line in lines:
            self.add_points(line.duty.pk, line.duty, line.points, line.report)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs.setdefault("class", "form-control")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("upheld"):
            for line in self.lines:
                self.check_points(line.duty.pk, line.duty, line.points)
        return cleaned

    def blocks(self) -> list[tuple]:
        return [
            (line, *(self[f"{name}_{line.duty.pk}"] for name in ("points", "done_on", "reason")))
            for line in self.lines
        ]

    def corrections(self) -> dict[int, dict]:
        given = [
            line.duty.pk for line in self.lines if self.cleaned_data.get(f"points_{line.duty.pk}") is not None
        ]
        return {pk: self.entry(pk) for pk in given}


class TalkDecisionForm(StyledForm):
    """A leader's decision on a proposal."""

    ordered = _choice(_("Decision"), _("Hold the talk"), _("No talk"))
    opinion = _text(_("Opinion"), 1000)
    managed_from = forms.DateField(label=_("Key management from"), required=False, widget=DateInput())
    managed_to = forms.DateField(
        label=_("Key management until"),
        required=False,
        widget=DateInput(),
        help_text=_("Leave both days empty for a talk alone."),
    )


class TalkForm(StyledForm):
    """That the talk was held."""

    held_on = forms.DateField(label=_("Held on"), widget=DateInput())
    note = _text(
        _("What was agreed"), 2000, help_text=_("The unit and the matter only: no names of persons.")
    )


class PlaceUnitForm(StyledForm):
    """Put a unit into another class from the first day of a quarter on."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    unit_class = forms.ModelChoiceField(label=_("Class"), queryset=UnitClass.objects.none())
    valid_from = forms.TypedChoiceField(label=_("From"), choices=())
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args, units, classes, quarters, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["unit_class"].queryset = classes
        self.fields["valid_from"].choices = [(one.begins_on.isoformat(), str(one)) for one in quarters]
        self.by_day = {one.begins_on.isoformat(): one.begins_on for one in quarters}

    def clean_valid_from(self):
        return self.by_day[self.cleaned_data["valid_from"]]
