from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import StyledForm
from accounts.uploads import PDF


class CertificateForm(StyledForm):
    issuer = forms.CharField(
        label=_("Issued by"),
        max_length=40,
        help_text=_("The name under which the unit signs; it stands above the date, under the seal."),
    )


class AnotherEditionForm(CertificateForm):
    reason = forms.CharField(
        label=_("Why another edition is needed"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        help_text=_("A spoilt or lost print, a renamed site. The earlier edition is kept."),
    )


class SealPassphraseForm(StyledForm):
    # Not trimmed: a space may be part of it. Never sent back to the page.
    passphrase = forms.CharField(
        label=_("Passphrase of the seal"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class StampedCertificateForm(StyledForm):
    scan = forms.FileField(
        label=_("Stamped certificate"),
        required=False,
        help_text=_("Optional: the scan as a PDF."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{kind}" for kind in PDF)}),
    )
