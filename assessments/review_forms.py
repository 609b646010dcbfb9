"""The forms of the annual review and of taking plaques back."""

from django import forms
from django.core.validators import MaxLengthValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, StyledForm
from accounts.names import in_language
from assessments.enums import ReviewAction, ReviewOpinion, ReviewState
from assessments.models import Review
from assessments.reviewing.fields import MOST_CHARS, filled, sections_of, value_of

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


class ReviewForm(StyledForm):
    """The county's report on one site, filled in with what is known. Empty fields may be saved, not handed in."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, review: Review, **kwargs):
        self.review = review
        self.sections = sections_of(review.cycle)
        known = {field["code"]: value_of(review, field["code"]) for field in self._described()}
        kwargs.setdefault("initial", known | {"revision": review.revision})
        super().__init__(*args, **kwargs)
        for field in self._described():
            self.fields[field["code"]] = _field(field)

    def _described(self) -> list[dict]:
        return [field for section in self.sections for field in section["fields"]]

    def by_section(self) -> list[dict]:
        """Sections with their bound fields, each with where its value is known from."""
        return [
            {
                "code": section["code"],
                "title": in_language(section, "title"),
                "rows": [(self[field["code"]], filled(self.review, field)) for field in section["fields"]],
            }
            for section in self.sections
        ]

    def values(self) -> dict[str, str]:
        """What was sent and is in order, as texts."""
        return {
            code: "" if value is None else f"{value:f}" if hasattr(value, "as_tuple") else value
            for code, value in self.cleaned_data.items()
            if code != "revision" and code in self.data
        }


def _field(field: dict) -> forms.Field:
    label, most = in_language(field, "label"), field.get("max_chars", MOST_CHARS[field["kind"]])
    help_text = in_language(field, "help") if field.get("help") else ""
    about = {"label": label, "required": False, "help_text": help_text}
    css = {"class": "form-control"}
    if field["kind"] == "number":
        return forms.DecimalField(
            max_digits=16,
            decimal_places=2,
            validators=[MinValueValidator(0)],
            widget=forms.NumberInput(attrs=css | {"min": 0, "step": "any"}),
            **about,
        )
    wide = forms.Textarea(attrs=css | {"rows": 3, "maxlength": most})
    widget = wide if field["kind"] == "longtext" else forms.TextInput(attrs=css | {"maxlength": most})
    return forms.CharField(widget=widget, validators=[MaxLengthValidator(most)], **about)


class VisitForm(StyledForm):
    """What a group saw on the spot."""

    visited_on = forms.DateField(label=_("Visited on"), widget=DateInput())
    group = forms.CharField(label=_("Visiting group"), max_length=200)
    findings = _text(_("Findings"), 2000)
    opinion = forms.ChoiceField(
        label=_("Opinion of the group"), choices=ReviewOpinion, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=_("Photo or paper"), required=False, help_text=_("Optional. PDF, JPG or PNG; no state secrets.")
    )


class ResultForm(StyledForm):
    """The office's result; after a rectification there is no second one."""

    result = forms.ChoiceField(label=_("Result"), widget=forms.RadioSelect)
    findings = _text(
        _("What it rests on"), 2000, required=False, help_text=_("The county reads it. Needed unless passed.")
    )
    rectify_by = forms.DateField(
        label=_("Rectify by"), required=False, widget=DateInput(), help_text=_("Only for a rectification.")
    )

    def __init__(self, *args, actions: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["result"].choices = [(action, ReviewAction(action).label) for action in actions]
        if ReviewAction.RECTIFY not in actions:
            del self.fields["rectify_by"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("result") == ReviewAction.RECTIFY and not cleaned.get("rectify_by"):
            self.add_error("rectify_by", _("Enter the day by which it must be put right."))
        return cleaned


class RectificationForm(StyledForm):
    text = _text(_("What was put right"), 2000, rows=5)


class DecisionForm(StyledForm):
    """A leader's decision on taking a plaque back."""

    approved = _choice(_("Decision"), _("Take the plaque back"), _("Leave the plaque"))
    minutes_number = forms.CharField(
        label=_("Number of the minutes"),
        max_length=100,
        required=False,
        help_text=_("Needed to take it back."),
    )
    opinion = _text(_("Opinion"), 1000)


class ProposalAnswerForm(StyledForm):
    """What the department above answered on its plaque."""

    taken_back = _choice(_("Answer"), _("Plaque taken back"), _("Plaque stays"))
    answered_on = forms.DateField(label=_("Day of the answer"), widget=DateInput())
    answer_number = forms.CharField(label=_("Number of the answer"), max_length=100)
    reason = _text(_("Reason given"), 1000)


#: The results the office may choose in a state.
RESULTS = {
    ReviewState.OPEN: [ReviewAction.FAIL],
    ReviewState.VISITED: [ReviewAction.PASS, ReviewAction.RECTIFY, ReviewAction.FAIL],
    ReviewState.RECTIFYING: [ReviewAction.FAIL],
    ReviewState.RECTIFIED: [ReviewAction.PASS, ReviewAction.FAIL],
}
