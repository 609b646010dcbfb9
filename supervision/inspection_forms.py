"""The record of a visit as an ordinary form, for the desk and for browsers without JavaScript."""

import uuid
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import DateInput, StyledForm, style
from accounts.names import in_language
from accounts.uploads import IMAGES
from applications.models import Cycle
from supervision.enums import FindingKind
from supervision.plan_forms import PlaceForm
from supervision.upload_fields import FilesField

#: Rows for findings a form begins with, is enlarged by, and has at the most.
FINDING_ROWS, MOST_ROWS = 2, 20
YES_NO = [("yes", _("Yes")), ("no", _("No")), ("na", _("Does not apply"))]
_FINDING = ("kind", "severity", "text", "remedy", "due_on")
#: Missing where a finding is entered without them.
_NEEDED = ("kind", "severity", "text")


class VisitedPlaceForm(PlaceForm):
    """Which place was visited; asked first, because the checklist depends on it."""


@dataclass(frozen=True)
class Item:
    """An item of the checklist with its two fields and where the rule is written."""

    text: str
    article: str
    answer: forms.BoundField
    note: forms.BoundField


class InspectionForm(StyledForm):
    """The record of one visit: what was seen, the checklist, findings, photos.

    `uid` is made with the empty form, so that the same form sent twice is one record.
    """

    uid = forms.UUIDField(widget=forms.HiddenInput)
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=FINDING_ROWS, max_value=MOST_ROWS)
    visited_on = forms.DateField(label=_("Date of the visit"), widget=DateInput())
    present = forms.CharField(
        label=_("People present"),
        max_length=500,
        required=False,
        help_text=_("Office titles and numbers, no names of ordinary members."),
    )
    summary = forms.CharField(
        label=_("What the group saw"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    photos = FilesField(
        label=_("Photos"),
        kinds=IMAGES,
        help_text=_(
            "Not required. Where and with what a photo was taken is removed. Nothing secret may be uploaded."
        ),
    )

    def __init__(self, data=None, *args, cycle: Cycle, checklist: dict, **kwargs):
        fresh = {"uid": uuid.uuid4(), "rows": FINDING_ROWS, "visited_on": clock.today()}
        super().__init__(data, *args, initial=fresh | (kwargs.pop("initial", None) or {}), **kwargs)
        self.cycle, self.checklist = cycle, checklist
        self.number = self._rows_asked_for()
        for item in checklist.get("items", []):
            self._add(f"a_{item['code']}", _answer_field(item))
            self._add(f"n_{item['code']}", _note_field())
        for number in range(self.number):
            for name, field in _finding_fields(cycle).items():
                field.finding = number + 1
                if name in _NEEDED:
                    field.when_needed = _("needed where a finding is entered")
                self._add(f"f{number}_{name}", field)

    def _rows_asked_for(self) -> int:
        try:
            asked = int(self.data.get("rows", FINDING_ROWS))
        except (TypeError, ValueError):
            asked = FINDING_ROWS
        return min(max(asked + FINDING_ROWS * ("more" in self.data), FINDING_ROWS), MOST_ROWS)

    def _add(self, name: str, field: forms.Field) -> None:
        style(field.widget)
        self.fields[name] = field

    def items(self) -> list[Item]:
        articles = self.cycle.articles
        return [
            Item(
                text=in_language(item, "text"),
                article=articles.get(item.get("article", ""), ""),
                answer=self[f"a_{item['code']}"],
                note=self[f"n_{item['code']}"],
            )
            for item in self.checklist.get("items", [])
        ]

    def finding_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"f{number}_{name}"] for name in _FINDING] for number in range(self.number)]

    def clean(self):
        """A finding is written whole or not at all."""
        cleaned = super().clean()
        for number in range(self.number):
            row = {name: cleaned.get(f"f{number}_{name}") for name in _FINDING}
            if any(row.values()):
                for name in _NEEDED:
                    if not row[name] and f"f{number}_{name}" not in self.errors:
                        self.add_error(f"f{number}_{name}", _("Missing for this finding."))
        return cleaned

    def record(self) -> dict:
        """What `record_at_desk` takes beside actor, group, place and photos."""
        cleaned = self.cleaned_data
        return {
            "uid": cleaned["uid"],
            "visited_on": cleaned["visited_on"],
            "present": cleaned["present"],
            "summary": cleaned["summary"],
            "checklist_code": self.checklist.get("code", ""),
            "answers": {
                item["code"]: {
                    "answer": str(cleaned[f"a_{item['code']}"] or ""),
                    "note": cleaned[f"n_{item['code']}"],
                }
                for item in self.checklist.get("items", [])
            },
            "findings": self._findings(),
        }

    def _findings(self) -> list[dict]:
        """The finding rows that are filled in; their uids follow from the visit's, so that sending twice is once."""
        cleaned = self.cleaned_data
        return [
            {name: cleaned[f"f{number}_{name}"] for name in _FINDING}
            | {"uid": uuid.uuid5(cleaned["uid"], f"finding {number}")}
            for number in range(self.number)
            if cleaned.get(f"f{number}_text")
        ]


def _answer_field(item: dict) -> forms.Field:
    label = in_language(item, "text")
    if item["kind"] == "yes_no":
        return forms.ChoiceField(label=label, choices=[("", _("Not answered")), *YES_NO], required=False)
    if item["kind"] == "choice":
        choices = [("", _("Not answered")), *((choice, choice) for choice in item.get("choices", []))]
        return forms.ChoiceField(label=label, choices=choices, required=False)
    if item["kind"] == "number":
        return forms.DecimalField(label=label, required=False, min_value=0, max_digits=15, decimal_places=2)
    return forms.CharField(
        label=label,
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000}),
    )


def _note_field() -> forms.CharField:
    return forms.CharField(label=_("Note"), required=False, max_length=500)


def _finding_fields(cycle: Cycle) -> dict[str, forms.Field]:
    severities = cycle.supervision.get("findings", {}).get("severities", [])
    graded = [(row["code"], in_language(row, "name")) for row in severities]
    return {
        "kind": forms.ChoiceField(
            label=_("Kind"), choices=[("", _("Choose")), *FindingKind.choices], required=False
        ),
        "severity": forms.ChoiceField(
            label=_("Severity"), choices=[("", _("Choose")), *graded], required=False
        ),
        "text": forms.CharField(
            label=_("What was found"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
        "remedy": forms.CharField(
            label=_("What is proposed"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
        "due_on": forms.DateField(
            label=_("Due"),
            required=False,
            widget=DateInput(),
            help_text=_("Left empty: as the severity says."),
        ),
    }
