"""Tables of sites: a row is a new site, or changes the one of the same area, category and name."""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.errors import Reason
from accounts.models import Unit
from accounts.names import initials
from sites.imports.kind import Column, Draft, Kind, Outcome, new_and_changed
from sites.imports.values import Choice, Code, Text, YesNo, ambiguous, squeezed
from sites.models import Site
from sites.rules import why_not_active, why_not_inside
from sites.services.imported import write_sites

#: What a row may change of a site that is there; the rest is what it is found by.
FIELDS = ("unit", "address", "person_in_charge", "contact", "phone", "profile", "is_flagship")


class SitesKind(Kind):
    code = "sites"
    title = gettext_lazy("Sites")
    lead = gettext_lazy("New sites, and changed particulars of those already registered.")
    action = "site.import"

    def make_columns(self) -> list[Column]:
        return [
            self.area_column(),
            self.category_column(),
            Column(
                "name",
                gettext_lazy("Site name"),
                Text(most=100),
                required=True,
                example=_("An example community"),
                help=gettext_lazy("Area, category and name together say which site is meant."),
            ),
            self._unit_column(),
            Column("address", gettext_lazy("Address"), Text(most=200), required=True, example="XX路1号"),
            Column(
                "person_in_charge",
                gettext_lazy("Person in charge"),
                Text(most=100),
                required=True,
                example=_("Director"),
                help=gettext_lazy("Name or office title."),
            ),
            Column("contact", gettext_lazy("Contact"), Text(most=100), example=_("Director of the office")),
            Column("phone", gettext_lazy("Telephone"), Code(most=40), example="0731-00000000"),
            Column("profile", gettext_lazy("Short description"), Text(most=1000, lines=True)),
            Column("is_flagship", gettext_lazy("Flagship"), YesNo(), example=_("no")),
        ]

    @cached_property
    def _units(self) -> list[Unit]:
        """Everything a site may stand in, of all areas: a row of the wrong one is told so."""
        prefixes = tuple(area.path for area in self.areas)
        return [unit for unit in Unit.objects.within(self.programme.owner) if unit.path.startswith(prefixes)]

    def _unit_column(self) -> Column:
        own = tuple(area.path for area in self.own_areas())
        value = Choice.of(
            self._units,
            lambda unit: (str(unit), unit.name, unit.name_en, unit.code),
            several=True,
            offered=lambda unit: unit.path.startswith(own) and not unit.is_area,
        )
        return Column(
            "unit",
            gettext_lazy("Township or street"),
            value,
            example=next(iter(value.choices()), ""),
            help=gettext_lazy("Empty: directly under the county or park."),
        )

    def prepare(self) -> None:
        # Foreign keys by the objects at hand: comparing them must not ask the database.
        units = {unit.pk: unit for unit in self._units}
        self._sites: dict[tuple, Site] = {}
        for site in Site.objects.filter(programme=self.programme, area__in=self.own_areas()):
            site.area, site.unit = units[site.area_id], units[site.unit_id]
            self._sites[site.area_id, site.category_id, squeezed(site.name)] = site

    def judge(self, draft: Draft) -> None:
        values = draft.values
        draft.name = values.get("name", "")
        area = values.get("area")
        if area is None or draft.refuse("area", self.why_not_area(area)):
            return
        if candidates := values.get("unit"):
            draft.refuse("unit", self._choose_unit(values, area, candidates))
        if "category" not in values or "name" not in values:
            return
        key = (area.pk, values["category"].pk, values["name"])
        self.refuse_double(draft, key, "name")
        site = self._sites.get(key)
        if site is not None:
            draft.refuse("name", why_not_active(site))
        self.settle(draft, site, FIELDS)

    def _choose_unit(self, values: dict, area: Unit, candidates: list[Unit]) -> Reason | None:
        """Townships of two counties may have one name: the one inside the row's area is meant."""
        inside = [unit for unit in candidates if area.contains(unit)]
        if len(inside) > 1:
            return ambiguous(str(inside[0])).reason
        values["unit"] = (inside or candidates)[0]
        return why_not_inside(area, values["unit"])

    def build(self, draft: Draft) -> None:
        if draft.outcome == Outcome.NEW:
            draft.record = Site(
                programme=self.programme,
                registered_at=clock.now(),
                registered_by=self.actor,
                initials=initials(draft.values["name"]),
                **{"unit": draft.values["area"], **draft.values},
            )

    def write(self, drafts: list[Draft]) -> None:
        write_sites(**new_and_changed(drafts), fields=FIELDS)
