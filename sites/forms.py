from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.forms import DateInput, StyledForm, StyledMixin, UnitField, style
from accounts.models import Unit
from accounts.sheets import MOST_ROWS
from sites.choosing import SiteChoice
from sites.enums import HandlingKind, PlaqueAction, SiteState
from sites.figures import figure_label
from sites.models import Activity, Category, Level, Site
from sites.selectors import areas_of


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
    """A step on a plaque; which of the fields it takes is the step's affair, and the service's to refuse."""

    action = forms.ChoiceField(choices=PlaqueAction, widget=forms.HiddenInput)
    day = forms.DateField(label=_("On"), required=False, widget=DateInput())
    by = forms.DateField(label=_("To be put right by"), required=False, widget=DateInput())
    number = forms.CharField(label=_("Number given by the department above"), max_length=100, required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def only(self, *names: str) -> list[forms.BoundField]:
        """The fields one step shows, in this order."""
        return [self[name] for name in names]


class HandlingForm(StyledForm):
    """What was done with the metal plaque."""

    kind = forms.ChoiceField(label=_("What was done"), choices=HandlingKind)
    done_on = forms.DateField(label=_("On"), widget=DateInput())
    receipt_number = forms.CharField(label=_("Number of the receipt"), max_length=100, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    file = forms.FileField(
        label=_("Photo or receipt"),
        help_text=_("PDF, JPEG or PNG. State secrets must not be uploaded."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args, kinds=HandlingKind.choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds


class RenameForm(StyledForm):
    name = forms.CharField(label=_("New name"), max_length=100)
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class MoveForm(StyledForm):
    """Another county or park, and the township there; empty: directly under it."""

    unit = UnitField(label=_("Belongs to from now on"), queryset=Unit.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        self.areas = list(areas_of(programme))
        inside = Unit.objects.none()
        for area in self.areas:
            inside |= Unit.objects.within(area)
        self.fields["unit"].queryset = inside.select_related("parent").order_by("path")

    def values(self) -> dict:
        """The unit chosen and the area it lies in."""
        unit = self.cleaned_data["unit"]
        area = next(area for area in self.areas if area.contains(unit))
        return {"area": area, "unit": unit, "reason": self.cleaned_data["reason"]}


class MergeForm(StyledForm):
    """The site that goes on, and numbers for its new plaques where the department above gives them."""

    into = SiteChoice(label=_("Goes on in"), queryset=Site.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, site, **kwargs):
        super().__init__(*args, **kwargs)
        others = Site.objects.filter(
            programme=site.programme_id, category=site.category_id, state=SiteState.ACTIVE
        )
        self.fields["into"].offer(
            others.exclude(pk=site.pk),
            programme=site.programme_id,
            category=site.category_id,
            without=site.pk,
        )
        self.typed = Level.objects.filter(plaques__in=site.plaques.held(), plaque_number="")
        for level in self.typed:
            self.fields[f"number_{level.code}"] = style_field(
                forms.CharField(
                    label=_("New number of %(level)s, where it is taken over") % {"level": level},
                    max_length=100,
                    required=False,
                )
            )

    def values(self) -> dict:
        """The arguments of the service."""
        numbers = {level.code: self.cleaned_data[f"number_{level.code}"] for level in self.typed}
        return {
            "into": self.cleaned_data["into"],
            "reason": self.cleaned_data["reason"],
            "numbers": numbers,
        }


def style_field(field: forms.Field) -> forms.Field:
    style(field.widget)
    return field


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
