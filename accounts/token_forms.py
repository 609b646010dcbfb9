from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import ApiScope
from accounts.forms import DateInput, StyledForm, UnitField
from accounts.models import Unit


class TokenForm(StyledForm):
    name = forms.CharField(
        label=_("What it is for"), max_length=100, help_text=_("The other system, and whose it is.")
    )
    unit = UnitField(
        label=_("Reads for the unit"),
        queryset=Unit.objects.none(),
        help_text=_("It reads what a leader of this unit reads, and never more."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Open to read"), choices=ApiScope, widget=forms.CheckboxSelectMultiple
    )
    expires_on = forms.DateField(
        label=_("Valid until"), widget=DateInput(), help_text=_("At most a year; then it is given anew.")
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
