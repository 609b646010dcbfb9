"""One form for each ledger of a site."""

from decimal import Decimal

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DateField, Q
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.filters import StyledFilterSet
from accounts.forms import DateInput, StyledForm, StyledMixin, style
from accounts.models import User
from sites.figures import figure_label
from sites.forms import ActivityForm
from sites.life_enums import EntryState
from sites.models import (
    Activity,
    CoBuilder,
    Entry,
    FigureReport,
    Fund,
    OfficeHolder,
    Photo,
    Plan,
    PlanGoal,
    Secondment,
    Site,
    Venue,
)

_YEARS = {"min_value": 1980, "max_value": 2100}


class EntryForm(StyledMixin, forms.ModelForm):
    """An entry of one ledger of a site."""

    def __init__(self, *args, site: Site, **kwargs):
        self.site = site
        super().__init__(*args, **kwargs)

    def values(self) -> dict:
        """The entry's values, for the service."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def validate_unique(self):
        """Left to the service: only the database can tell."""

    def _post_clean(self):
        """Fields only, and nothing written into the instance: a change is a newer entry, the older one stays."""
        for name in self.Meta.fields:
            value = self.cleaned_data.get(name)
            if name == "picture" or value in (None, ""):
                continue
            try:
                self.Meta.model._meta.get_field(name).run_validators(value)
            except ValidationError as error:
                self.add_error(name, error)


class ActivityEntryForm(EntryForm, ActivityForm):
    class Meta(ActivityForm.Meta):
        pass


class VenueForm(EntryForm):
    class Meta:
        model = Venue
        fields = ["name", "kind", "area", "since", "open_hours"]
        widgets = {"since": DateInput()}
        help_texts = {
            "kind": _("In your own words, e.g. reading room, workstation, meeting room."),
            "open_hours": _("E.g. Monday to Friday, 9 to 17."),
        }


class CoBuilderForm(EntryForm):
    class Meta:
        model = CoBuilder
        fields = ["name", "supports", "begins_on", "ends_on"]
        widgets = {"begins_on": DateInput(), "ends_on": DateInput()}


class OfficeHolderForm(EntryForm):
    class Meta:
        model = OfficeHolder
        fields = ["role", "unit_name", "name", "begins_on", "ends_on"]
        widgets = {"begins_on": DateInput(), "ends_on": DateInput()}
        help_texts = {
            "name": _("The office, e.g. deputy head. No telephone, nothing private."),
            "ends_on": _("Empty: until further notice."),
        }


class SecondmentForm(EntryForm):
    class Meta:
        model = Secondment
        fields = ["name", "number", "begins_on", "ends_on"]
        widgets = {"begins_on": DateInput(), "ends_on": DateInput()}
        help_texts = {
            "number": _("A number of people, never their names."),
            "ends_on": _("Empty: until further notice."),
        }


class FundForm(EntryForm):
    year = forms.IntegerField(label=_("Year"), **_YEARS)

    class Meta:
        model = Fund
        fields = ["name", "amount", "purpose", "year", "received_on"]
        widgets = {"received_on": DateInput()}
        help_texts = {"amount": _("In yuan, cents after the point: 12345.60.")}


class PlanForm(EntryForm):
    from_year = forms.IntegerField(label=_("First year"), **_YEARS)
    to_year = forms.IntegerField(label=_("Last year"), **_YEARS)

    class Meta:
        model = Plan
        fields = ["name", "from_year", "to_year", "summary"]
        widgets = {"summary": forms.Textarea(attrs={"rows": 3, "maxlength": 1000})}


class PlanGoalForm(EntryForm):
    year = forms.IntegerField(label=_("Year"), **_YEARS)

    class Meta:
        model = PlanGoal
        fields = ["plan", "year", "name", "target", "measure", "reached", "percent", "is_done"]
        widgets = {"name": forms.Textarea(attrs={"rows": 2, "maxlength": 300})}
        help_texts = {
            "target": _("Where the goal is a number; else report the progress in percent."),
            "measure": _("E.g. households, yuan, trees."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = self.site.plans.standing()


class PhotoForm(EntryForm):
    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG or PNG. Position and camera are removed. State secrets must not be uploaded."),
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png"}),
    )

    class Meta:
        model = Photo
        fields = ["picture", "name", "taken_on", "alt"]
        widgets = {"taken_on": DateInput(), "alt": forms.Textarea(attrs={"rows": 2, "maxlength": 200})}

    def __init__(self, *args, stopped: DomainError | None = None, **kwargs):
        """`stopped` is the refusal of a picture that was too large to arrive."""
        super().__init__(*args, **kwargs)
        if stopped:
            self.fields["picture"].error_messages["required"] = str(stopped)
        if self.instance.pk:
            # The words beneath are changed; another picture is another photo.
            del self.fields["picture"]

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.fields}


class FigureReportForm(EntryForm):
    """The counts of a year; which counts there are is the programme's data."""

    year = forms.IntegerField(label=_("Year"), **_YEARS)

    class Meta:
        model = FigureReport
        fields = ["year"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for figure in self.site.programme.figures:
            field = forms.DecimalField(
                label=figure_label(figure),
                required=False,
                min_value=0,
                max_digits=16,
                decimal_places=2,
                initial=(self.instance.values or {}).get(figure["code"]),
            )
            style(field.widget)
            self.fields[f"figure_{figure['code']}"] = field

    def values(self) -> dict:
        """The year, and the counts entered as text: what is left empty stays as it is."""
        entered = {
            figure["code"]: self.cleaned_data[f"figure_{figure['code']}"]
            for figure in self.site.programme.figures
        }
        values = {code: f"{value:f}" for code, value in entered.items() if isinstance(value, Decimal)}
        return {"year": self.cleaned_data["year"], "values": values}


FORMS: dict[type[Entry], type[EntryForm]] = {
    Activity: ActivityEntryForm,
    Venue: VenueForm,
    CoBuilder: CoBuilderForm,
    OfficeHolder: OfficeHolderForm,
    Secondment: SecondmentForm,
    Fund: FundForm,
    FigureReport: FigureReportForm,
    Plan: PlanForm,
    PlanGoal: PlanGoalForm,
    Photo: PhotoForm,
}


class AppointForm(StyledForm):
    """Which account becomes a site's liaison."""

    user = forms.ModelChoiceField(label=_("Account"), queryset=User.objects.none())

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = candidates


class EntryFilter(StyledFilterSet):
    """What of a ledger is shown; unless somebody asks for a state, what stands."""

    year = django_filters.NumberFilter(label=_("Year"), method="in_year")
    state = django_filters.ChoiceFilter(label=_("State"), choices=EntryState)

    class Meta(StyledFilterSet.Meta):
        model = Activity
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = self.form.fields["state"].widget.choices
        self.form.fields["state"].widget.choices = [("", _("Confirmed or waiting")), *choices[1:]]

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.standing()

    def in_year(self, queryset, name, value):
        """Entries of the year; of a span those it lies in, an open end counting on."""
        year = int(value)
        if not 1 <= year <= 9999:
            return queryset.none()
        fields = queryset.model.year_fields
        first, last = fields[0], fields[-1]
        is_day = isinstance(queryset.model._meta.get_field(first), DateField)
        part = "__year" if is_day else ""
        if len(fields) == 1:
            return queryset.filter(**{f"{first}{part}": year})
        begun = Q(**{f"{first}{part}__lte": year}) | Q(**{f"{first}__isnull": True})
        lasting = Q(**{f"{last}{part}__gte": year}) | Q(**{f"{last}__isnull": True})
        return queryset.filter(begun, lasting)
