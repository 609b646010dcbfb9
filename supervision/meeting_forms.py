"""Forms of meetings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import DateInput, ReasonForm, StyledForm
from accounts.uploads import OFFICE, SCANS
from supervision.models import Meeting
from supervision.upload_fields import FilesField

_FILES_HELP = _("PDF, JPEG, PNG, Word or Excel; several at once. State secrets must not be uploaded.")


def _text(label, rows: int, most: int = 5000, **kwargs) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": most})
    return forms.CharField(label=label, required=False, max_length=most, widget=widget, **kwargs)


class DetailsForm(StyledForm):
    """What is said of a planned meeting."""

    title = forms.CharField(label=_("Title"), max_length=200)
    place = forms.CharField(label=_("Place"), max_length=100, required=False)
    chair = forms.CharField(
        label=_("Chaired by"), max_length=100, required=False, help_text=_("Office title, no name needed.")
    )
    agenda = _text(_("Agenda"), 5)

    @classmethod
    def of(cls, meeting: Meeting, data=None):
        known = {name: getattr(meeting, name) for name in ("title", "place", "chair", "agenda")}
        return cls(data, initial=known)


class PlanForm(DetailsForm):
    planned_on = forms.DateField(label=_("Day"), widget=DateInput())
    field_order = ("title", "planned_on", "place", "chair", "agenda")


class SpeakerForm(StyledForm):
    """One line: both are given or none, a line made empty goes."""

    speaker = forms.CharField(label=_("Unit or office"), max_length=100, required=False)
    topic = forms.CharField(label=_("Topic"), max_length=200, required=False)

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("speaker")) != bool(cleaned.get("topic")):
            missing = "topic" if cleaned.get("speaker") else "speaker"
            if missing not in self.errors:
                self.add_error(missing, _("Enter who speaks, and on what."))
        return cleaned


class MoveForm(ReasonForm):
    planned_on = forms.DateField(label=_("New day"), widget=DateInput())
    field_order = ("planned_on", "reason")


class HoldForm(StyledForm):
    held_on = forms.DateField(label=_("Day it was held"), widget=DateInput())
    participants = forms.IntegerField(
        label=_("Number of participants"), required=False, min_value=0, max_value=100_000
    )
    attended = _text(_("Units that took part"), 3, help_text=_("Units and offices, no names of persons."))
    minutes = _text(_("Minutes"), 6, 20_000)
    files = FilesField(label=_("Notice, minutes, photos"), kinds=SCANS | OFFICE, help_text=_FILES_HELP)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["held_on"].widget.attrs["max"] = clock.today().isoformat()


class PapersForm(StyledForm):
    minutes = _text(_("Minutes"), 6, 20_000)
    files = FilesField(label=_("Files"), kinds=SCANS | OFFICE, help_text=_FILES_HELP)

    def __init__(self, *args, may_write_minutes: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_write_minutes:
            del self.fields["minutes"]


#: Speakers in order; three empty lines wait below those there are.
SpeakerFormSet = forms.formset_factory(SpeakerForm, extra=3, max_num=60, absolute_max=80)


def speakers_in(formset) -> list[tuple[str, str]]:
    """The speakers of a valid formset; a line left or made empty is nobody."""
    rows = [form.cleaned_data for form in formset if form.cleaned_data.get("speaker")]
    return [(row["speaker"], row["topic"]) for row in rows]
