"""Tables of old plaques: each is entered as a claim without its paper, found again by site, level and number.

A row of a table proves nothing, so an imported plaque counts for nothing, the county's own neither: it waits for its
paper, and from then on goes the way of one registered by hand (sites.services.add_plaque_paper).
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import has_role, why_not_role
from sites.enums import HELD_STATES, Awarder, PlaqueOrigin, PlaqueState
from sites.imports.kind import Column, Draft, Kind, Outcome, SiteFinder, new_and_changed, site_columns
from sites.imports.values import Choice, Code, Day, Text
from sites.models import Level, Plaque, Site
from sites.rules import why_not_dated, why_not_earlier
from sites.services.imported import write_claims
from sites.validity import valid_until

FIELDS = ("awarded_on", "reason")
_KEPT = ("site", "level", "number", *FIELDS)


class PlaquesKind(Kind):
    code = "plaques"
    title = gettext_lazy("Earlier plaques")
    lead = gettext_lazy(
        "Plaques of registered sites from earlier years. Each one counts only after its award paper was added on the "
        "page of the site; one of a higher level also waits for the leadership office."
    )
    action = "plaque.import"
    is_for_office = True

    def why_not_person(self, area) -> Reason | None:
        if has_role(self.actor, Role.OFFICE, self.programme.owner):
            return None
        return why_not_role(self.actor, (Role.UNIT_STAFF,), area)

    def make_columns(self) -> list[Column]:
        levels = list(Level.objects.filter(programme=self.programme).select_related("programme"))
        return [
            *site_columns(self),
            Column(
                "level",
                gettext_lazy("Level"),
                Choice.of(levels, lambda level: (str(level), level.name, level.name_en, level.code)),
                required=True,
                example=str(next(iter(levels), "")),
            ),
            Column(
                "number", gettext_lazy("Plaque number"), Code(most=100), required=True, example="X〔2015〕3号"
            ),
            Column(
                "awarded_on",
                gettext_lazy("Awarded on"),
                Day(month_ends=True),
                required=True,
                example="2015-11-20",
                help=gettext_lazy("2015年11月20日, 2015.11.20; a month alone means its last day."),
            ),
            Column(
                "reason",
                gettext_lazy("Basis of the award"),
                Text(most=500),
                example=_("Document of the award"),
            ),
        ]

    def prepare(self) -> None:
        areas = self.own_areas()
        self._finder = SiteFinder(areas)
        known = Plaque.objects.exclude(state=PlaqueState.REFUSED).filter(level__programme=self.programme)
        self._numbers = {(plaque.level_id, plaque.number): plaque for plaque in known}
        self._held = {
            (plaque.site_id, plaque.level_id)
            for plaque in self._numbers.values()
            if plaque.state in HELD_STATES
        }

    def judge(self, draft: Draft) -> None:
        values = draft.values
        site, level, day = self._finder.find(draft, self), values.get("level"), values.get("awarded_on")
        if day and not draft.refuse("awarded_on", why_not_dated(day)) and level:
            own = level.awarded_by == Awarder.AREA
            draft.refuse("awarded_on", None if own else why_not_earlier(level, day))
        if site is None or level is None or "number" not in values:
            return
        number = values["number"]
        draft.name = f"{site.name} · {level} · {number}"
        self.refuse_double(draft, ("number", level.pk, number), "number")
        self.refuse_double(draft, ("held", site.pk, level.pk), "level")
        known = self._numbers.get((level.pk, number))
        draft.refuse("number", self._why_not_number(site, level, known))
        self.settle(draft, known, FIELDS)
        values["site"] = site
        if draft.outcome == Outcome.CHANGED and (known.state != PlaqueState.CLAIMED or known.paper):
            draft.refuse("", self._why_fixed(draft))
            draft.outcome = Outcome.REFUSED

    def _why_not_number(self, site: Site, level: Level, known: Plaque | None) -> Reason | None:
        if known is not None and known.site_id != site.pk:
            return Reason(text=_("Another site has the plaque with this number."))
        if known is None and (site.pk, level.pk) in self._held:
            return Reason(
                text=_("The site already has a plaque of this level, with another number."),
                remedy=_("Look at the site's plaques."),
            )
        return None

    def _why_fixed(self, draft: Draft) -> Reason:
        fields = _(", ").join(label for label, _before, _after in draft.changes)
        return Reason(
            text=_("The plaque is on record with its paper, and differs here in: %(fields)s.")
            % {"fields": fields},
            remedy=_("Delete the row, or correct it by what the paper says."),
        )

    def build(self, draft: Draft) -> None:
        if draft.outcome == Outcome.NEW:
            draft.record = Plaque(
                state=PlaqueState.CLAIMED,
                origin=PlaqueOrigin.REGISTERED,
                registered_by=self.actor,
                **{name: draft.values[name] for name in _KEPT if name in draft.values},
            )
        draft.record.valid_until = valid_until(draft.values["level"], draft.record.awarded_on)

    def write(self, drafts: list[Draft]) -> None:
        write_claims(**new_and_changed(drafts), fields=FIELDS)
