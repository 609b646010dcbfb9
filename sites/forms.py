from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.forms import DateInput, StyledForm, StyledMixin
from accounts.models import Unit
from accounts.sheets import MOST_ROWS
from sites.figures import figure_label
from sites.models import Activity, Category, Level, Site


class SiteForm(StyledMixin, forms.ModelForm):
    """A site's particulars and its counts of the year; which counts there are is the programme's data."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Site
        fields = [
            "category",
            "name",
            "area",
            "unit",
            "address",
            "person_in_charge",
            "contact",
            "phone",
            "profile",
            "is_flagship",
        ]
        widgets = {"profile": forms.Textarea(attrs={"rows": 4, "maxlength": 1000})}

    def __init__(self, *args, programme, areas, figures=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.programme = programme
        self.fields["category"].queryset = Category.objects.filter(programme=programme)
        self._limit_units(areas)
        if self.instance.pk:
            self.fields["revision"].initial = self.instance.revision
            del self.fields["area"]
        elif len(areas) == 1:
            self.fields["area"].initial = areas[0]
        for figure in programme.figures:
            self.fields[f"figure_{figure['code']}"] = _figure_field(
                figure, (figures or {}).get(figure["code"])
            )

    def _limit_units(self, areas) -> None:
        inside = Unit.objects.none()
        for area in areas:
            inside |= Unit.objects.filter(path__startswith=area.path).exclude(pk=area.pk)
        self.fields["area"].queryset = Unit.objects.filter(pk__in=[area.pk for area in areas])
        self.fields["unit"].queryset = inside
        self.fields["unit"].required = False
        self.fields["unit"].empty_label = _("(directly under the county or park)")

    def values(self) -> dict:
        """The site's own fields, without revision and figures."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}

    def figures(self) -> dict:
        """Counts by figure code."""
        return {
            figure["code"]: self.cleaned_data.get(f"figure_{figure['code']}")
            for figure in self.programme.figures
        }

    def validate_unique(self):
        """Left to the service: under load only the database can tell, and its answer names the area."""


def _figure_field(figure: dict, initial) -> forms.Field:
    return forms.DecimalField(
        label=figure_label(figure),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        initial=initial,
        widget=forms.NumberInput(attrs={"class": "form-control figure-input"}),
    )


class AwardOwnForm(StyledForm):
    """The county awards its own plaque."""

    level = forms.ModelChoiceField(label=_("Level"), queryset=Level.objects.none())
    awarded_on = forms.DateField(label=_("Date of the award"), widget=DateInput())
    reason = forms.CharField(
        label=_("Basis, e.g. the county's document"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, levels, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].queryset = levels


class RegisterPlaqueForm(StyledForm):
    """An earlier plaque with its paper."""

    level = forms.ModelChoiceField(label=_("Level"), queryset=Level.objects.none())
    number = forms.CharField(label=_("Number on the plaque or in the document"), max_length=100)
    awarded_on = forms.DateField(label=_("Date of the award"), widget=DateInput())
    paper = forms.FileField(
        label=_("Award paper or photo of the plaque"),
        help_text=_("PDF, JPEG or PNG. State secrets must not be uploaded."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    reason = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, levels, stopped: DomainError | None = None, **kwargs):
        """`stopped` is the refusal of a paper that was too large to arrive."""
        super().__init__(*args, **kwargs)
        self.fields["level"].queryset = levels
        if stopped:
            self.fields["paper"].error_messages["required"] = str(stopped)


class PlaqueStepForm(StyledForm):
    """Confirm, refuse or revoke a plaque."""

    action = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ActivityForm(StyledMixin, forms.ModelForm):
    """One entry of a site's ledger of activities."""

    class Meta:
        model = Activity
        fields = ["held_on", "name", "place", "participants", "description"]
        widgets = {
            "held_on": DateInput(),
            "description": forms.Textarea(attrs={"rows": 2, "maxlength": 1000}),
        }
        help_texts = {"participants": _("A number of people, never their names.")}

    def validate_unique(self):
        """Left to the service: only the database can tell."""


class TableForm(StyledForm):
    """A filled table to import."""

    file = forms.FileField(
        label=_("Filled table"),
        help_text=format_lazy(
            _("Excel workbook (.xlsx), at most {rows} rows. State secrets must not be uploaded."),
            rows=MOST_ROWS,
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def __init__(self, *args, stopped: DomainError | None = None, **kwargs):
        """`stopped` is the refusal of a file that was too large to arrive."""
        super().__init__(*args, **kwargs)
        if stopped:
            self.fields["file"].error_messages["required"] = str(stopped)
