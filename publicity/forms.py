from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import StyledForm


class PlaqueNumberForm(StyledForm):
    number = forms.CharField(
        label=_("Number on the plaque"), max_length=100, help_text=_("Brackets of any kind are understood.")
    )


class PublicObjectionForm(StyledForm):
    """An objection to a public notice; name and contact only as wished."""

    text = forms.CharField(
        label=_("What is wrong, and how it can be checked"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": 2000}),
        help_text=_(
            "Do not enter state secrets, nor sensitive personal data of others, such as faith, health, ethnicity, "
            "identity card or bank account numbers."
        ),
    )
    objector = forms.CharField(label=_("Your name"), max_length=100, required=False)
    contact = forms.CharField(
        label=_("How to reach you"),
        max_length=200,
        required=False,
        help_text=_(
            "Only the office that decides reads name and contact. They are wiped some months afterwards."
        ),
    )
    #: Nobody sees this field; programs that fill in every form do.
    website = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("website"):
            raise forms.ValidationError(
                _(
                    "This looks as if a program had filled in the form. Empty the last field and send it again."
                )
            )
        return cleaned

    def particulars(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("text", "objector", "contact")}


class ReceiptForm(StyledForm):
    receipt = forms.CharField(
        label=_("Receipt code"),
        max_length=40,
        help_text=_("Twelve letters and digits, shown when the objection was sent."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
