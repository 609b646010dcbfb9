from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, StyledForm
from accounts.models import Unit, User
from supervision.services.days import day_after


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return f"{person.audit_label} · {person.unit}"


class DatesForm(StyledForm):
    """From a day to a last day, both included; left empty: from today, and without an end."""

    valid_from = forms.DateField(
        label=_("First day"), required=False, widget=DateInput(), help_text=_("Left empty: today.")
    )
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=DateInput(), help_text=_("Left empty: no end is set.")
    )

    def days(self) -> dict:
        """What the services take: the first day, and the first day on which it does not hold any more."""
        return {
            "valid_from": self.cleaned_data["valid_from"],
            "valid_to": day_after(self.cleaned_data["last_day"]),
        }


class JoinForm(DatesForm):
    user = PersonField(label=_("Person"), queryset=User.objects.none())

    field_order = ["user", "valid_from", "last_day"]

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people


class GiveAreaForm(DatesForm):
    area = forms.ModelChoiceField(label=_("County or park"), queryset=Unit.objects.none())

    field_order = ["area", "valid_from", "last_day"]

    def __init__(self, *args, areas, **kwargs):
        super().__init__(*args, auto_id="area_%s", **kwargs)
        self.fields["area"].queryset = areas


class EndForm(StyledForm):
    """The last day of a membership or an area; left empty: it ends at once."""

    last_day = forms.DateField(label=_("Last day"), required=False, widget=DateInput())


class GroupForm(StyledForm):
    leader = forms.CharField(
        label=_("Group leader"), max_length=100, required=False, help_text=_("Office title.")
    )
    sections = forms.CharField(
        label=_("Responsible sections"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One in each line."),
    )

    def section_names(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["sections"].splitlines() if line.strip()]
