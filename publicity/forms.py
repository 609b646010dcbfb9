from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import StyledForm


class PlaqueNumberForm(StyledForm):
    number = forms.CharField(
        label=_("Number on the plaque"), max_length=100, help_text=_("Brackets of any kind are understood.")
    )
