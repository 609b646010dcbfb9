from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import StyledForm
from accounts.models import Unit
from applications.sealing.provider import MOST_CHARACTERS


def _passphrase(**kwargs) -> forms.CharField:
    # Not trimmed: a space may be part of it. Never sent back to the page.
    widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=_("Passphrase of the seal"), max_length=200, strip=False, widget=widget, **kwargs
    )


class RegisterSealForm(StyledForm):
    """A unit's seal as its keeper hands it in."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Name on the seal"), max_length=100)
    picture = forms.FileField(
        label=_("Picture of the seal"),
        help_text=_("PNG or JPEG, square, at least 500 × 500 pixels; white becomes transparent."),
        widget=forms.ClearableFileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
    )
    key_file = forms.FileField(
        label=_("Key file"),
        help_text=_("PKCS#12 (.p12 or .pfx), with the certificate and those above it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".p12,.pfx"}),
    )
    passphrase = _passphrase(
        help_text=_(
            "At least 8 characters. It is tried now and kept nowhere: it is asked for at every sealing."
        )
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])


class SealForm(StyledForm):
    """Opinion and passphrase for one box, or for the same box of several forms."""

    opinion = forms.CharField(
        label=_("Opinion"),
        required=False,
        max_length=MOST_CHARACTERS,
        help_text=_("Up to 60 characters; it is printed in the box."),
    )
    passphrase = _passphrase()

    def __init__(self, *args, needed: bool = False, **kwargs):
        """needed: the box prints no opinion of its own, so that one must be written."""
        super().__init__(*args, **kwargs)
        self.fields["opinion"].required = needed
        self.fields["opinion"].error_messages["required"] = _(
            "Write the opinion: an empty box is not sealed."
        )
