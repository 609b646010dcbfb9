from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, StyledForm
from accounts.models import User
from applications.models import Cycle
from assessments.models import Indicator, Score, ScoreSheet
from sites.models import Level

YES, NO = "yes", "no"


def _text(label, most: int, *, required: bool = True, rows: int = 3, **kwargs) -> forms.CharField:
    """A longer text whose limit the browser knows too."""
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": most}),
        **kwargs,
    )


def _choice(label, yes, no) -> forms.TypedChoiceField:
    """A decision between two outcomes, none of them chosen beforehand."""
    return forms.TypedChoiceField(
        label=label,
        choices=[(YES, yes), (NO, no)],
        coerce=lambda value: value == YES,
        widget=forms.RadioSelect,
    )


class AssignForm(StyledForm):
    """Give the application to one more assessor; only those without conflict of interest are offered."""

    assessor = forms.ModelChoiceField(label=_("Assessor"), queryset=User.objects.none())

    def __init__(self, *args, assessors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assessor"].queryset = assessors
        self.fields["assessor"].label_from_instance = lambda person: (
            _("%(name)s (%(unit)s)") % {"name": person, "unit": person.unit} if person.unit else str(person)
        )


class DeliberationForm(StyledForm):
    """What the department's meeting decided (部务会研究)."""

    held_on = forms.DateField(label=_("Day of the meeting"), widget=DateInput())
    minutes_number = forms.CharField(label=_("Number of the minutes"), max_length=100)
    approved = _choice(_("Decision"), _("Approved"), _("Declined"))
    opinion = _text(_("Opinion"), 1000, help_text=_("Declining: the county reads this as the reason."))


class RecommendationForm(StyledForm):
    """The place in the ranked list sent up (择优上报)."""

    rank = forms.IntegerField(label=_("Rank"), min_value=1, max_value=999)
    reason = _text(_("Reason"), 1000)
    sent_on = forms.DateField(label=_("Sent up on"), widget=DateInput())


class AnswerForm(StyledForm):
    """The answer of the department above."""

    confirmed = _choice(_("Answer"), _("Confirmed"), _("Declined"))
    answered_on = forms.DateField(label=_("Day of the answer"), widget=DateInput())
    answer_number = forms.CharField(label=_("Number of the answer"), max_length=100)
    plaque_number = forms.CharField(
        label=_("Plaque number given"),
        max_length=100,
        required=False,
        help_text=_("As the department above gave it; needed with a confirmation."),
    )
    reason = _text(
        _("Reason given"), 1000, required=False, help_text=_("Needed when declined; the county reads it.")
    )

    def __init__(self, *args, numbered_above: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.numbered_above = numbered_above
        if not numbered_above:
            del self.fields["plaque_number"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("confirmed") is False and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Write the reason: it is kept with the decision."))
        if cleaned.get("confirmed") and self.numbered_above and not cleaned.get("plaque_number"):
            self.add_error("plaque_number", _("Enter the plaque number given by the department above."))
        return cleaned


class NoticeForm(StyledForm):
    """The first day of the public notice (公示)."""

    starts_on = forms.DateField(label=_("First day"), widget=DateInput())


class ObjectionForm(StyledForm):
    """An objection received during the notice; who objects is not written down."""

    received_on = forms.DateField(label=_("Received on"), widget=DateInput())
    text = _text(
        _("What is objected to"), 2000, help_text=_("The matter only: the name of who objects is not kept.")
    )


class ObjectionDecisionForm(StyledForm):
    """What came of an objection."""

    upheld = _choice(_("Outcome"), _("Upheld"), _("Not upheld"))
    findings = _text(_("Findings"), 2000)


class AwardForm(StyledForm):
    awarded_on = forms.DateField(label=_("Date of the award"), widget=DateInput())


@dataclass(frozen=True)
class Block:
    """One scored or veto line of the sheet with its fields, and what another window saved meanwhile."""

    indicator: Indicator
    mark: forms.BoundField
    evidence: forms.BoundField
    elsewhere: Score | None = None


@dataclass(frozen=True)
class Section:
    """A heading with its lines; `most` are the points that can be reached, None for vetoes."""

    heading: Indicator | None
    blocks: list[Block]
    most: Decimal | None


class ScoreSheetForm(StyledForm):
    """All lines of one indicator set: points up to the indicator's, or a veto, each with a note of evidence.

    Points may stay empty while saving; what is missing is named before handing in.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput)
    summary = _text(_("Overall impression"), 1000, required=False)

    def __init__(self, data=None, *, sheet: ScoreSheet, **kwargs):
        self.indicators = list(sheet.assessment.indicator_set.indicators.all())
        self.scores = {score.indicator_id: score for score in sheet.scores.all()}
        initial = {"revision": sheet.revision, "summary": sheet.summary}
        super().__init__(data, initial=initial, **kwargs)
        for indicator in self._lines():
            self._add_fields(indicator, self.scores.get(indicator.pk))

    def lines(self) -> dict[int, dict]:
        """What was typed, by indicator id, as `services.save_sheet` takes it."""
        values = self.cleaned_data
        return {
            indicator.pk: {
                "points": None if indicator.is_veto else values[f"mark_{indicator.pk}"],
                "veto": indicator.is_veto and values[f"mark_{indicator.pk}"],
                "evidence": values[f"evidence_{indicator.pk}"],
            }
            for indicator in self._lines()
        }

    def sections(self) -> list[Section]:
        """The lines below their headings, in the order of the set."""
        grouped: dict[int | None, list[Indicator]] = {}
        for indicator in self._lines():
            grouped.setdefault(indicator.parent_id, []).append(indicator)
        headings = {indicator.pk: indicator for indicator in self.indicators}
        return [
            Section(
                heading=headings.get(parent),
                blocks=[self._block(line) for line in lines],
                most=None
                if all(line.is_veto for line in lines)
                else sum((line.points or Decimal(0) for line in lines), Decimal(0)),
            )
            for parent, lines in grouped.items()
        ]

    def total(self) -> str:
        """The sum of the points that stand in the form now, readable ones only, written plainly."""
        fields = (f"mark_{indicator.pk}" for indicator in self._lines() if not indicator.is_veto)
        values = (self._number(self[name].value()) for name in fields)
        return plain(sum((value for value in values if value is not None), Decimal(0)))

    def most(self) -> Decimal:
        """The points that can be reached."""
        return sum((line.points for line in self._lines() if line.points is not None), Decimal(0))

    def _lines(self) -> list[Indicator]:
        return [line for line in self.indicators if line.is_veto or line.points is not None]

    def _number(self, value) -> Decimal | None:
        try:
            return forms.DecimalField(required=False, max_digits=6, decimal_places=2).clean(value)
        except forms.ValidationError:
            return None

    def _block(self, indicator: Indicator) -> Block:
        mark, evidence = self[f"mark_{indicator.pk}"], self[f"evidence_{indicator.pk}"]
        saved = self.scores.get(indicator.pk)
        differs = self.is_bound and saved is not None and self._differs(mark, evidence, saved)
        return Block(indicator, mark, evidence, saved if differs else None)

    def _differs(self, mark: forms.BoundField, evidence: forms.BoundField, saved: Score) -> bool:
        """Whether the saved line says something else than what stands in the form that was sent."""
        if (evidence.value() or "").strip() != saved.evidence:
            return True
        if isinstance(mark.field, forms.BooleanField):
            return bool(mark.value()) != saved.veto
        return self._number(mark.value()) != saved.points

    def _add_fields(self, indicator: Indicator, score: Score | None) -> None:
        name = f"mark_{indicator.pk}"
        if indicator.is_veto:
            field = forms.BooleanField(required=False, initial=bool(score and score.veto))
        else:
            field = forms.DecimalField(
                required=False,
                min_value=0,
                max_value=indicator.points,
                max_digits=6,
                decimal_places=2,
                initial=plain(score.points) if score else None,
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "data-points": ""}),
            )
        evidence = _text("", 500, required=False, rows=2, initial=score.evidence if score else "")
        field.label, evidence.label = str(indicator), _("Evidence")
        for key, new in ((name, field), (f"evidence_{indicator.pk}", evidence)):
            self.fields[key] = new
            new.widget.attrs["class"] = (
                "form-check-input" if isinstance(new, forms.BooleanField) else "form-control"
            )


def plain(points: Decimal | None) -> str:
    """Points without the zeros nobody writes: 6.00 as 6, 6.50 as 6.5."""
    return "" if points is None else f"{points.normalize():f}"


class RankingForm(StyledForm):
    """Of which year and level the ranking is shown."""

    cycle = forms.ModelChoiceField(label=_("Year"), queryset=Cycle.objects.none(), required=False)
    level = forms.ModelChoiceField(label=_("Level"), queryset=Level.objects.all(), required=False)

    def __init__(self, *args, user, levels=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cycle"].queryset = Cycle.objects.visible_to(user).select_related("programme")
        if levels is not None:
            self.fields["level"].queryset = Level.objects.filter(pk__in=[level.pk for level in levels])
