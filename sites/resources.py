from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.resources import ListResource
from accounts.words import lazy_list
from sites.models import Site


class SiteResource(ListResource):
    """The list of sites as a workbook, with the columns of the page."""

    name = fields.Field("name", column_name=_("Site name"))
    category = fields.Field("category", column_name=_("Category"))
    area = fields.Field("area", column_name=_("County or park"))
    unit = fields.Field("unit", column_name=_("Township or street"))
    address = fields.Field("address", column_name=_("Address"))
    person_in_charge = fields.Field("person_in_charge", column_name=_("Person in charge"))
    plaques = fields.Field(column_name=_("Plaques held"))
    flagship = fields.Field(column_name=_("Flagship"))
    state = fields.Field("get_state_display", column_name=_("State"))
    registered = fields.Field(column_name=_("Registered"))

    class Meta:
        model = Site
        fields = (
            "name",
            "category",
            "area",
            "unit",
            "address",
            "person_in_charge",
            "plaques",
            "flagship",
            "state",
            "registered",
        )
        export_order = fields

    def dehydrate_category(self, site):
        return str(site.category)

    def dehydrate_area(self, site):
        return str(site.area)

    def dehydrate_unit(self, site):
        return str(site.unit)

    def dehydrate_plaques(self, site):
        return str(lazy_list([f"{plaque.level} {plaque.number}" for plaque in site.plaques_in_force]))

    def dehydrate_flagship(self, site):
        return "✓" if site.is_flagship else ""

    def dehydrate_registered(self, site):
        return timezone.localtime(site.registered_at).date().isoformat()
