from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, StyledForm
from accounts.models import User
from notices.services.absences import deputies_for


class _PersonChoice(forms.ModelChoiceField):
    """People by office title and unit: several hold the same title."""

    def label_from_instance(self, obj):
        return f"{obj} · {obj.unit}" if obj.unit else str(obj)


class PersonForm(StyledForm):
    """Whose absence the office enters."""

    person = _PersonChoice(label=_("Person"), queryset=User.objects.none())

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people.select_related("unit").order_by("unit_id", "id")


class AbsenceForm(StyledForm):
    deputy = _PersonChoice(
        label=_("Deputy"),
        queryset=User.objects.none(),
        help_text=_(
            "Somebody with the same role at the same unit, or of the leadership office: gets the reminders meanwhile."
        ),
    )
    from_day = forms.DateField(label=_("From"), widget=DateInput())
    to_day = forms.DateField(
        label=_("Until"), widget=DateInput(), help_text=_("The last day of the absence.")
    )

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = deputies_for(person).select_related("unit").order_by("unit_id", "id")
