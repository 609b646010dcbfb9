from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, StyledForm
from accounts.models import User
from applications.models import Cycle
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


class MeetingForm(StyledForm):
    """A department's meeting (部务会): its day, the number of its minutes, their scan."""

    held_on = forms.DateField(label=_("Day of the meeting"), widget=DateInput())
    minutes_number = forms.CharField(label=_("Number of the minutes"), max_length=100)
    minutes = forms.FileField(
        label=_("Minutes (scan)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("PDF or picture. No state secrets."),
    )


class DeliberationForm(MeetingForm):
    """What the meeting decided on one site."""

    approved = _choice(_("Decision"), _("Approved"), _("Declined"))
    opinion = _text(_("Opinion"), 1000, help_text=_("Declining: the county reads this as the reason."))


class DecisionForm(StyledForm):
    """What a meeting decided on one of several sites; not decided today: nothing is recorded."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("", _("Not today")), (YES, _("Approved")), (NO, _("Declined"))],
        required=False,
        widget=forms.RadioSelect,
    )
    opinion = _text(_("Opinion"), 1000, required=False, rows=2)


class CommonOpinionForm(MeetingForm):
    """A meeting that decides on several sites."""

    opinion = _text(
        _("Opinion on those approved"),
        1000,
        required=False,
        help_text=_("For every approved site without an opinion of its own."),
    )


class SendUpForm(StyledForm):
    """The day a ranked list is sent up (择优上报)."""

    sent_on = forms.DateField(label=_("Sent up on"), widget=DateInput())


class PlaceForm(StyledForm):
    """One site's place on the list; empty: it is not sent up now."""

    rank = forms.IntegerField(label=_("Rank"), min_value=1, max_value=999, required=False)
    reason = _text(_("Reason"), 1000, required=False, rows=2)


class PaperFromAboveForm(StyledForm):
    """One paper of the department above that answers for several sites."""

    answered_on = forms.DateField(label=_("Day of the answer"), widget=DateInput())
    answer_number = forms.CharField(label=_("Number of the answer"), max_length=100)


class OneAnswerForm(StyledForm):
    """What the paper says of one site."""

    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=[("", _("Not named")), (YES, _("Confirmed")), (NO, _("Declined"))],
        required=False,
        widget=forms.RadioSelect,
    )
    plaque_number = forms.CharField(label=_("Plaque number given"), max_length=100, required=False)
    reason = _text(_("Reason given"), 1000, required=False, rows=2)


class DiscussionForm(StyledForm):
    """What the assessors talked over when their totals lay far apart."""

    held_on = forms.DateField(label=_("Day"), widget=DateInput())
    note = _text(_("What was discussed"), 1000)


class ConflictForm(StyledForm):
    """A conflict of interest the office learnt of (回避)."""

    assessor = forms.ModelChoiceField(label=_("Assessor"), queryset=User.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args, assessors, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assessor"].queryset = assessors


class OwnConflictForm(StyledForm):
    """An assessor steps back."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("In a few words, e.g. worked there until last year.")
    )


class CloseForm(StyledForm):
    """Closing after the last day of the acceptance."""

    reason = _text(_("Why only now"), 500)


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


class RankingForm(StyledForm):
    """Of which year and level the ranking is shown."""

    cycle = forms.ModelChoiceField(label=_("Year"), queryset=Cycle.objects.none(), required=False)
    level = forms.ModelChoiceField(label=_("Level"), queryset=Level.objects.all(), required=False)

    def __init__(self, *args, user, levels=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cycle"].queryset = Cycle.objects.visible_to(user).select_related("programme")
        if levels is not None:
            self.fields["level"].queryset = Level.objects.filter(pk__in=[level.pk for level in levels])
