"""What the search looks through: sites, applications, findings, coverage and exemplary cases."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.wanted import Wanted
from applications.models import Application
from applications.searching import application_matches
from publicity.enums import CoverageState
from publicity.models import Coverage, ExemplaryCase
from publicity.searching import case_matches, coverage_matches
from sites.enums import PlaqueState
from sites.models import Plaque, Site
from sites.searching import site_matches
from supervision.models import Finding
from supervision.searching import finding_matches

#: Texts of an object beside its name, each with its label.
Texts = list[tuple[str | Promise, str]]


@dataclass(frozen=True)
class Kind:
    """What is searched. `rows` are those of a list as it opens, `name`, `initials` and `number` the fields in which
    the whole or the beginning makes a better hit."""

    code: str
    label: str | Promise
    model: type[Model]
    rows: Callable[[object], QuerySet]
    matches: Callable[[Wanted], Q]
    name: str
    initials: str
    list_view: str
    detail_view: str
    #: The name shown, and its initials letter by letter.
    title: Callable[[Model], tuple[str, str]]
    #: Where it belongs and how it stands.
    detail: Callable[[Model], list]
    #: What else it may have been found by.
    others: Callable[[Model], Texts]
    number: str = ""
    related: tuple[str, ...] = ()
    prefetched: Callable[[], list[Prefetch]] = list


def _plaques() -> list[Prefetch]:
    known = Plaque.objects.exclude(state=PlaqueState.REFUSED).order_by("level__rank", "pk")
    return [Prefetch("plaques", queryset=known, to_attr="known_plaques")]


def _site_texts(site: Site) -> Texts:
    plaques = [(_("Plaque"), plaque.number) for plaque in site.known_plaques]
    return [*plaques, (_("Township or street"), site.unit.name)]


def _of_site(obj) -> Texts:
    return [(_("Site"), obj.site.name)] if obj.site else []


def _letters_of_site(obj) -> tuple[str, str]:
    """The site's name and its initials; of a finding on a unit the unit's name."""
    return (obj.site.name, obj.site.initials) if obj.site else (obj.unit.name, "")


KINDS: tuple[Kind, ...] = (
    Kind(
        code="sites",
        label=_("Sites"),
        model=Site,
        rows=lambda user: Site.objects.visible_to(user),
        matches=site_matches,
        name="name",
        initials="initials",
        list_view="sites:list",
        detail_view="sites:detail",
        title=lambda site: (site.name, site.initials),
        detail=lambda site: [site.category, site.area, site.get_state_display()],
        others=_site_texts,
        related=("category", "area", "unit"),
        prefetched=_plaques,
    ),
    Kind(
        code="applications",
        label=_("Applications"),
        model=Application,
        rows=lambda user: Application.objects.visible_to(user),
        matches=application_matches,
        name="site__name",
        initials="site__initials",
        number="number",
        list_view="applications:list",
        detail_view="applications:detail",
        title=_letters_of_site,
        detail=lambda row: [row.number, row.cycle.year, row.level, row.area, row.get_state_display()],
        others=lambda row: [(_("Number"), row.number), (_("Id"), str(row.pk))],
        related=("site", "cycle", "level", "area"),
    ),
    Kind(
        code="findings",
        label=_("Supervision findings"),
        model=Finding,
        rows=lambda user: Finding.objects.visible_to(user),
        matches=finding_matches,
        name="site__name",
        initials="site__initials",
        number="number",
        list_view="supervision:findings",
        detail_view="supervision:finding",
        title=_letters_of_site,
        detail=lambda row: [row.number, row.area, row.get_state_display()],
        others=lambda row: [
            (_("Number"), row.number),
            (_("What was found"), row.text),
            (_("Unit"), row.unit.name),
        ],
        related=("site", "unit", "area"),
    ),
    Kind(
        code="coverage",
        label=_("Coverage"),
        model=Coverage,
        rows=lambda user: Coverage.objects.visible_to(user).filter(state=CoverageState.RECORDED),
        matches=coverage_matches,
        name="title",
        initials="initials",
        list_view="publicity:coverage",
        detail_view="publicity:coverage_entry",
        title=lambda row: (row.title, row.initials),
        detail=lambda row: [row.outlet, row.published_on, row.area],
        others=lambda row: [(_("Name of the outlet"), row.outlet), *_of_site(row)],
        related=("site", "area"),
    ),
    Kind(
        code="cases",
        label=_("Exemplary cases"),
        model=ExemplaryCase,
        rows=lambda user: ExemplaryCase.objects.visible_to(user),
        matches=case_matches,
        name="title",
        initials="initials",
        list_view="publicity:cases",
        detail_view="publicity:case",
        title=lambda case: (case.title, case.initials),
        detail=lambda case: [case.cycle.year, case.area, case.get_state_display()],
        others=lambda case: [(_("In short"), case.summary), *_of_site(case)],
        related=("site", "area", "cycle"),
    ),
)
