"""What every kind of table has: its columns, how a row is judged, how the good rows are written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.errors import Reason
from accounts.models import Unit
from accounts.rules import why_not_role
from accounts.sheets import Row
from sites.imports.values import Choice, Text, Value, name_key, squeezed
from sites.models import Category, Programme, Site
from sites.rules import why_not_active, why_not_area
from sites.selectors import areas_of

#: The name of the sheet that is filled in, those of the template's other sheets, and of the column the error workbook
#: adds.
SHEET_NAME = gettext_lazy("To fill in")
EXAMPLE_NAME, CODES_NAME = gettext_lazy("Example"), gettext_lazy("Code lists")
REASON_LABEL = gettext_lazy("Why it was not imported")


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Column:
    """One column: `label` is its head, `help` and `example` are what the template says of it."""

    key: str
    label: str
    value: Value
    required: bool = False
    example: str = ""
    help: str = ""


@dataclass
class Draft:
    """A row while it is judged: its values by column key, and what is wrong with it by column key ("": the row)."""

    row: Row
    values: dict[str, object] = field(default_factory=dict)
    reasons: list[tuple[str, Reason]] = field(default_factory=list)
    name: str = ""
    outcome: Outcome = Outcome.REFUSED
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    #: What is written for it: a new record, or the present one with its changes.
    record: object = None

    def refuse(self, key: str, reason: Reason | None) -> bool:
        """Note a reason against a column; returns whether there was one."""
        if reason is not None:
            self.reasons.append((key, reason))
        return reason is not None


def in_all_languages(label) -> list[str]:
    """A label as each language of the installation words it."""
    words = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words.append(str(label))
    return words


class Kind:
    """A kind of table, made once for each import with what its rows are judged by.

    Subclasses name the columns and say how a row is matched to a record; they read all they need in `prepare`, so
    that judging a row asks the database nothing.
    """

    #: Templates show the class itself where no table is under way yet.
    do_not_call_in_templates = True
    code = ""
    title = ""
    lead = ""
    #: The audit trail's word for it.
    action = ""
    #: The leadership office imports it as well as the county staff.
    is_for_office = False

    def __init__(self, *, actor, programme: Programme):
        self.actor, self.programme = actor, programme
        self.areas = list(areas_of(programme))
        self._first_rows: dict[object, int] = {}

    @cached_property
    def columns(self) -> list[Column]:
        return self.make_columns()

    def make_columns(self) -> list[Column]:
        raise NotImplementedError

    def prepare(self) -> None:
        """Read what the rows are judged by."""
        raise NotImplementedError

    def judge(self, draft: Draft) -> None:
        """Find the record a row stands for and note what forbids it; the values that could be read are in it."""
        raise NotImplementedError

    def build(self, draft: Draft) -> None:
        """Make the record of a new row, before the transaction that writes it; a check has no use for it."""

    def write(self, drafts: list[Draft]) -> None:
        """Have a service write the new and changed rows, inside the caller's transaction."""
        raise NotImplementedError

    # What several kinds share.

    def own_areas(self) -> list[Unit]:
        """The areas the person may write for."""
        return [area for area in self.areas if self.why_not_area(area) is None]

    def why_not_area(self, area: Unit) -> Reason | None:
        return self._area_answers[area.pk]

    @cached_property
    def _area_answers(self) -> dict[int, Reason | None]:
        return {
            area.pk: self.why_not_person(area) or why_not_area(self.programme, area) for area in self.areas
        }

    def why_not_person(self, area: Unit) -> Reason | None:
        return why_not_role(self.actor, (Role.UNIT_STAFF,), area)

    def area_column(self) -> Column:
        return Column(
            "area",
            gettext_lazy("County or park"),
            Choice.of(
                self.areas,
                lambda area: (str(area), area.name, area.name_en, area.short_name, area.code),
                offered=lambda area: self.why_not_area(area) is None,
            ),
            required=True,
            example=str(next(iter(self.own_areas() or self.areas), "")),
        )

    def category_column(self, *, required: bool = True, help_text="") -> Column:
        categories = list(Category.objects.filter(programme=self.programme))
        return Column(
            "category",
            gettext_lazy("Category"),
            Choice.of(categories, lambda each: (str(each), each.name, each.name_en, each.code)),
            required=required,
            example=str(next(iter(categories), "")),
            help=help_text,
        )

    def refuse_double(self, draft: Draft, key: object, column: str) -> None:
        """Refuse a row that stands for the same record as one above it."""
        first = self._first_rows.setdefault(key, draft.row.number)
        if first != draft.row.number:
            draft.refuse(
                column,
                Reason(
                    text=_("Row %(row)d is about the same thing.") % {"row": first},
                    remedy=_("Keep one of the two rows."),
                ),
            )

    def settle(self, draft: Draft, record, fields: Iterable[str]) -> None:
        """Compare a row with its record (None: new) and say what would change. Empty cells change nothing."""
        if draft.reasons:
            return
        draft.record = record
        if record is None:
            draft.outcome = Outcome.NEW
            return
        for column in self.columns:
            if column.key in fields and column.key in draft.values:
                before, after = getattr(record, column.key), draft.values[column.key]
                if before != after:
                    show = column.value.shown
                    draft.changes.append((str(column.label), show(before), show(after)))
                    setattr(record, column.key, after)
        draft.outcome = Outcome.CHANGED if draft.changes else Outcome.UNCHANGED


class SiteFinder:
    """Sites of some areas by area and name, for tables that speak of sites already registered."""

    def __init__(self, areas: list[Unit]):
        self._sites: dict[tuple[int, str], list[Site]] = {}
        for site in Site.objects.filter(area__in=areas).order_by("id"):
            self._sites.setdefault((site.area_id, name_key(site.name)), []).append(site)

    def find(self, draft: Draft, kind: Kind) -> Site | None:
        """The active site a row names; None with the reason noted when there is none or the person may not."""
        area, name = draft.values.get("area"), draft.values.get("site")
        if area is None or name is None or draft.refuse("area", kind.why_not_area(area)):
            return None
        draft.name = name
        found = self._sites.get((area.pk, name_key(name)), [])
        if category := draft.values.get("category"):
            found = [site for site in found if site.category_id == category.pk]
        if len(found) > 1:
            found = [site for site in found if squeezed(site.name) == name] or found
        if len(found) != 1:
            draft.refuse("site", _why_not_found(area, name, several=bool(found)))
            return None
        draft.refuse("site", why_not_active(found[0]))
        return found[0]


def _why_not_found(area: Unit, name: str, *, several: bool) -> Reason:
    if several:
        return Reason(
            text=_("%(area)s has several sites with the name “%(name)s”.") % {"area": area, "name": name},
            remedy=_("Fill in the category as well."),
        )
    return Reason(
        text=_("%(area)s has no site with the name “%(name)s”.") % {"area": area, "name": name},
        remedy=_("Compare the name with the list of sites, or import the site first."),
    )


def site_columns(kind: Kind, *, required: bool = True, help_text="") -> list[Column]:
    """The columns that name a registered site; without `required` a row may be of the area in general."""
    return [
        kind.area_column(),
        kind.category_column(
            required=False,
            help_text=gettext_lazy("Only needed where two sites of the area have the same name."),
        ),
        Column(
            "site",
            gettext_lazy("Site name"),
            Text(most=100),
            required=required,
            example=_("An example community"),
            help=help_text,
        ),
    ]


def new_and_changed(drafts: list[Draft]) -> dict[str, list]:
    """The records to be written, as the services that write them take them."""
    return {
        "new": [draft.record for draft in drafts if draft.outcome == Outcome.NEW],
        "changed": [draft.record for draft in drafts if draft.outcome == Outcome.CHANGED],
    }
