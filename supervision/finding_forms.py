"""The forms of the steps a finding takes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, StyledForm, UnitField
from accounts.models import Unit
from accounts.uploads import OFFICE, PDF, SCANS
from sites.models import Plaque
from supervision.upload_fields import FilesField

YES, NO = "yes", "no"
TAKE_UP, REVOKE, LAY_ASIDE = "take_up", "revoke", "lay_aside"


def _text(label, most: int = 2000, *, required: bool = True, rows: int = 3, **kwargs) -> forms.CharField:
    """A longer text whose limit the browser knows too."""
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": most}),
        **kwargs,
    )


def _day(label, *, required: bool = True, **kwargs) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DateInput(), **kwargs)


def _choice(label, yes, no) -> forms.TypedChoiceField:
    """A decision between two outcomes, none of them chosen beforehand."""
    return forms.TypedChoiceField(
        label=label,
        choices=[(YES, yes), (NO, no)],
        coerce=lambda value: value == YES,
        widget=forms.RadioSelect,
    )


def _files() -> FilesField:
    return FilesField(
        label=_("Evidence files"),
        kinds=SCANS | OFFICE,
        help_text=_("Optional: photos, PDF, Word or Excel; no state secrets."),
    )


class ReportForm(StyledForm):
    text = _text(_("What has been put right"), rows=5)
    files = _files()


class RecheckForm(StyledForm):
    checked_on = _day(_("Looked at on"))
    is_settled = _choice(_("Result"), _("Put right: close it"), _("Not put right: reopen it"))
    note = _text(_("What was seen"), required=False, help_text=_("Needed when it is reopened."))
    due_on = _day(
        _("New day"), required=False, help_text=_("Only when it is reopened; otherwise leave it as it is.")
    )
    files = _files()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("is_settled") is False and not cleaned.get("note", "").strip():
            self.add_error("note", _("Write what is still missing."))
        return cleaned


class ReopenForm(StyledForm):
    reason = _text(_("Reason"), 1000)
    due_on = _day(_("New day"))


class ReferForm(StyledForm):
    to_unit = UnitField(label=_("Ask whom"), queryset=Unit.objects.none())
    question = _text(_("What is needed"), 1000, help_text=_("What the unit cannot solve alone, and why."))

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_unit"].queryset = units


class AnswerForm(StyledForm):
    answer = _text(_("Answer given"), 2000, rows=5)


class ExtensionForm(StyledForm):
    until = _day(_("Until"))
    reason = _text(_("Reason"), 1000)


class DecisionForm(StyledForm):
    granted = _choice(_("Decision on it"), _("Grant it"), _("Refuse it"))
    reason = _text(_("Reason"), 1000, help_text=_("The unit reads it."))


class TalkForm(StyledForm):
    """Who spoke with whom: offices, no private particulars."""

    held_on = _day(_("Held on"))
    place = forms.CharField(label=_("Place"), max_length=100, required=False)
    led_by = forms.CharField(label=_("Led by"), max_length=100, help_text=_("Office title."))
    with_whom = forms.CharField(label=_("With"), max_length=200, help_text=_("Office titles."))
    minutes = _text(_("What was agreed"), rows=5)
    agreed_day = _day(
        _("To be put right by"), required=False, help_text=_("A day agreed on becomes the new day it is due.")
    )
    file = forms.FileField(
        label=_("Signed record"), required=False, help_text=_("PDF, JPG or PNG; no state secrets.")
    )


class PlaqueField(forms.ModelChoiceField):
    def label_from_instance(self, plaque):
        return f"{plaque.number} · {plaque.level}"


class ProposeForm(StyledForm):
    text = _text(_("Proposal"), rows=5)
    plaque = PlaqueField(
        label=_("Plaque concerned"),
        queryset=Plaque.objects.none(),
        required=False,
        help_text=_("Only named here: it is taken back by the way of its own, which the office begins."),
    )

    def __init__(self, *args, plaques, **kwargs):
        super().__init__(*args, **kwargs)
        if plaques is None:
            del self.fields["plaque"]
        else:
            self.fields["plaque"].queryset = plaques


class OfficeForm(StyledForm):
    """The office's answer to a group's proposal."""

    outcome = forms.ChoiceField(label=_("Decision on it"), widget=forms.RadioSelect)
    reason = _text(_("Reason"), 1000, required=False, help_text=_("Needed when it is laid aside."))

    def __init__(self, *args, with_plaque: bool, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(TAKE_UP, _("Take it up")), (LAY_ASIDE, _("Lay it aside"))]
        if with_plaque:
            choices.insert(1, (REVOKE, _("Take it up and propose to take the plaque back")))
        self.fields["outcome"].choices = choices

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("outcome") == LAY_ASIDE and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Write the reason: it is kept with the decision."))
        return cleaned


class PassphraseForm(StyledForm):
    # Not trimmed: a space may be part of it. Never sent back to the page.
    passphrase = forms.CharField(
        label=_("Passphrase of the seal"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class StampForm(StyledForm):
    scan = forms.FileField(
        label=_("Stamped letter"),
        required=False,
        help_text=_("Optional: the scan as a PDF."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{kind}" for kind in PDF)}),
    )
