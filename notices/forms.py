from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, StyledForm

KINDS = [("0", _("Day off")), ("1", _("Working day"))]


class CalendarDayForm(StyledForm):
    day = forms.DateField(label=_("Day"), widget=DateInput())
    is_working = forms.TypedChoiceField(
        label=_("Kind"), choices=KINDS, coerce=lambda value: value == "1", widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=_("Reason"),
        max_length=100,
        help_text=_("For example the holiday and the State Council's notice."),
    )
