from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.names import in_language
from accounts.resources import ListResource
from accounts.words import lazy_list
from sites.enums import HandlingKind, PlaqueState, SiteState
from sites.models import Plaque, Site
from sites.shown import plaque_shown, site_shown, still_to_hand_in


class SiteResource(ListResource):
    """The list of sites as a workbook, with the columns of the page; of live rows or of records of a past day."""

    name = fields.Field(column_name=_("Site name"))
    category = fields.Field(column_name=_("Category"))
    area = fields.Field(column_name=_("County or park"))
    unit = fields.Field(column_name=_("Township or street"))
    address = fields.Field(column_name=_("Address"))
    person_in_charge = fields.Field(column_name=_("Person in charge"))
    plaques = fields.Field(column_name=_("Plaques held"))
    flagship = fields.Field(column_name=_("Flagship"))
    state = fields.Field(column_name=_("State"))
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

    def prepared(self, rows):
        for row in rows:
            if isinstance(row, Site):
                row.shown = site_shown(row)
        return rows

    def dehydrate_name(self, row):
        return row.shown["name"]

    def dehydrate_category(self, row):
        return in_language(row.shown["category"], "name")

    def dehydrate_area(self, row):
        return in_language(row.shown["area"], "name")

    def dehydrate_unit(self, row):
        return in_language(row.shown["unit"], "name")

    def dehydrate_address(self, row):
        return row.shown["address"]

    def dehydrate_person_in_charge(self, row):
        return row.shown["person_in_charge"]

    def dehydrate_plaques(self, row):
        held = [f"{in_language(level, 'name')} {number}" for level, number in row.shown["plaques"]]
        return str(lazy_list(held))

    def dehydrate_flagship(self, row):
        return "✓" if row.shown["flagship"] else ""

    def dehydrate_state(self, row):
        return str(SiteState(row.state).label)

    def dehydrate_registered(self, row):
        return row.shown["registered"]


class PlaqueResource(ListResource):
    """The list of plaques as a workbook; of live rows or of records of a past day."""

    number = fields.Field(column_name=_("Plaque number"))
    level = fields.Field(column_name=_("Level"))
    site = fields.Field(column_name=_("Site name"))
    category = fields.Field(column_name=_("Category"))
    area = fields.Field(column_name=_("County or park"))
    awarded_on = fields.Field(column_name=_("Awarded on"))
    held_since = fields.Field(column_name=_("Held since"))
    valid_until = fields.Field(column_name=_("Valid until"))
    basis = fields.Field(column_name=_("Basis of the award"))
    state = fields.Field(column_name=_("State"))
    rectify_by = fields.Field(column_name=_("Rectify by"))
    ended_on = fields.Field(column_name=_("Ended on"))
    why = fields.Field(column_name=_("Why it ended"))
    metal = fields.Field(column_name=_("Metal plaque"))

    class Meta:
        model = Plaque
        fields = (
            "number",
            "level",
            "site",
            "category",
            "area",
            "awarded_on",
            "held_since",
            "valid_until",
            "basis",
            "state",
            "rectify_by",
            "ended_on",
            "why",
            "metal",
        )
        export_order = fields

    def prepared(self, rows):
        for row in rows:
            if isinstance(row, Plaque):
                row.shown = plaque_shown(row)
        return rows

    def dehydrate_number(self, row):
        return row.shown["number"]

    def dehydrate_level(self, row):
        return in_language(row.shown["level"], "name")

    def dehydrate_site(self, row):
        return row.shown["site"]

    def dehydrate_category(self, row):
        return in_language(row.shown["category"], "name")

    def dehydrate_area(self, row):
        return in_language(row.shown["area"], "name")

    def dehydrate_awarded_on(self, row):
        return row.shown["awarded_on"]

    def dehydrate_held_since(self, row):
        return row.shown["held_since"]

    def dehydrate_valid_until(self, row):
        return row.shown["valid_until"]

    def dehydrate_basis(self, row):
        return row.shown["basis"]

    def dehydrate_state(self, row):
        return str(PlaqueState(row.state).label)

    def dehydrate_rectify_by(self, row):
        return row.shown["rectify_by"]

    def dehydrate_ended_on(self, row):
        return row.shown["ended_on"]

    def dehydrate_why(self, row):
        return row.shown["why"]

    def dehydrate_metal(self, row):
        return metal_words(row)


def metal_words(row) -> str:
    """Where the metal plaque is, as far as anybody wrote it down."""
    shown = row.shown
    if still_to_hand_in(row.state, shown):
        return str(_("not yet handed in"))
    if not shown["handling"]:
        return ""
    return f"{HandlingKind(shown['handling']).label} {shown['handled_on']}"
