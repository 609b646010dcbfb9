from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, StyledForm
from accounts.models import Unit
from accounts.names import in_language
from applications.models import Application
from applications.text import length
from sites.models import Level


class ApplicationForm(StyledForm):
    """The application form as the cycle's programme file lays it out. Empty fields may be saved, not submitted."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, application: Application, **kwargs):
        kwargs.setdefault("initial", application.data | {"revision": application.revision})
        self.sections = application.cycle.form.get("sections", [])
        super().__init__(*args, **kwargs)
        for section in self.sections:
            for field in section["fields"]:
                self.fields[field["code"]] = _field(field)
        self._restyle()

    def _restyle(self) -> None:
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control")

    def by_section(self) -> list[dict]:
        """Sections with their bound fields, for the page."""
        return [
            {
                "code": section["code"],
                "title": in_language(section, "title"),
                "fields": [self[field["code"]] for field in section["fields"]],
            }
            for section in self.sections
        ]

    def data_given(self) -> dict:
        """What may be kept: the fields that were sent and are in order."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "revision" and name in self.data
        }


def _field(field: dict) -> forms.CharField:
    most = field.get("max_chars")
    long = field["kind"] == "longtext"
    widget = forms.Textarea(attrs={"rows": 8 if (most or 0) > 500 else 4}) if long else forms.TextInput()
    if most:
        widget.attrs |= {"data-count": f"count_{field['code']}", "data-most": most}
    return forms.CharField(
        label=in_language(field, "label"),
        required=False,
        widget=widget,
        help_text=in_language(field, "help") if field.get("help") else "",
        validators=[_at_most(most)] if most else [],
    )


def _at_most(most: int):
    def check(value: str) -> None:
        if length(value) > most:
            raise ValidationError(
                _(
                    "%(count)s characters are too many: at most %(most)s (white space not counted). "
                    "Shorten it by %(over)s."
                ),
                params={"count": length(value), "most": most, "over": length(value) - most},
            )
        # White space is free, but a page of nothing else would keep the printer busy for minutes.
        if len(value) > 2 * most + 1000:
            raise ValidationError(_("The text holds too much white space. Remove empty lines and spaces."))

    return check


class HandleForm(StyledForm):
    """The office's decision on the papers."""

    action = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason or remark"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExtraPlaceForm(StyledForm):
    level = forms.ModelChoiceField(label=_("Level"), queryset=Level.objects.none())
    area = forms.ModelChoiceField(label=_("County or park"), queryset=Unit.objects.none())
    reason = forms.CharField(
        label=_("Reason: who looked at the site, when, with what result"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, levels, areas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].queryset = levels
        self.fields["area"].queryset = areas


class ExtensionForm(StyledForm):
    area = forms.ModelChoiceField(label=_("County or park"), queryset=Unit.objects.none())
    until = forms.DateField(label=_("New last day"), widget=DateInput())
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, areas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas


class NextCycleForm(StyledForm):
    """The following year's scheme and the approval it rests on."""

    scheme_title = forms.CharField(label=_("Title of the scheme"), max_length=200)
    scheme_number = forms.CharField(label=_("Document number"), max_length=100)
    scheme_issued_on = forms.DateField(label=_("Issued on"), widget=DateInput())
    approval_basis = forms.CharField(label=_("Basis of approval"), max_length=300)
    approved_by = forms.CharField(label=_("Approved by"), max_length=200)
    approval_number = forms.CharField(label=_("Approval number"), max_length=100)
    approval_valid_until = forms.DateField(
        label=_("Approval valid until"), required=False, widget=DateInput()
    )
