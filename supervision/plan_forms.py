from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import DateInput, StyledForm, UnitField
from accounts.models import Unit
from sites.choosing import SiteChoice
from sites.enums import SiteState
from sites.models import Site
from supervision.models import GroupArea, SupervisionGroup


class PlaceForm(StyledForm):
    """Where a visit goes: to a site of the group's areas, or to a unit itself."""

    site = SiteChoice(label=_("Site"), queryset=Site.objects.none(), required=False)
    unit = UnitField(
        label=_("Or a unit itself"),
        queryset=Unit.objects.none(),
        required=False,
        help_text=_("A county, park, township or village; leave it empty for a visit to a site."),
    )

    def __init__(self, *args, group: SupervisionGroup, **kwargs):
        super().__init__(*args, **kwargs)
        sites, units = places_of(group)
        areas = list(GroupArea.objects.on(clock.today()).filter(group=group).values_list("area", flat=True))
        self.fields["site"].offer(sites, programme=group.programme_id, area=areas)
        self.fields["unit"].queryset = units

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("site")) == bool(cleaned.get("unit")) and not self.errors:
            raise forms.ValidationError(_("Choose either a site or a unit."))
        return cleaned

    def target(self):
        return self.cleaned_data["site"] or self.cleaned_data["unit"]


class PlanForm(PlaceForm):
    from_day = forms.DateField(label=_("First day"), widget=DateInput())
    to_day = forms.DateField(
        label=_("Last day"), required=False, widget=DateInput(), help_text=_("Left empty: on that day.")
    )
    purpose = forms.CharField(label=_("Purpose"), max_length=200, required=False)


class MoveForm(StyledForm):
    from_day = forms.DateField(label=_("First day"), widget=DateInput())
    to_day = forms.DateField(
        label=_("Last day"), required=False, widget=DateInput(), help_text=_("Left empty: on that day.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=1000, required=False)


def places_of(group: SupervisionGroup):
    """The active sites, and the units, in the areas a group looks after today."""
    areas = GroupArea.objects.on(clock.today()).filter(group=group)
    sites = Site.objects.filter(
        programme=group.programme_id, state=SiteState.ACTIVE, area__in=areas.values("area")
    )
    paths = tuple(areas.values_list("area__path", flat=True))
    inside = [pk for pk, path in Unit.objects.values_list("id", "path") if paths and path.startswith(paths)]
    return (
        sites.select_related("area").order_by("area_id", "initials", "name"),
        Unit.objects.filter(pk__in=inside).select_related("parent").order_by("path"),
    )
