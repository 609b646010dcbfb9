"""Tables of activities: a row is an entry of a site's ledger, found again by site, date and name."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from sites.imports.kind import Column, Draft, Kind, Outcome, SiteFinder, new_and_changed, site_columns
from sites.imports.values import Day, Text, Whole
from sites.life_enums import EntryState
from sites.models import Activity
from sites.rules import why_not_held
from sites.services.imported import write_activities

FIELDS = ("place", "participants", "description")
_KEPT = ("site", "held_on", "name", *FIELDS)


class ActivitiesKind(Kind):
    code = "activities"
    title = gettext_lazy("Activities")
    lead = gettext_lazy(
        "The ledger of what was held at registered sites. Numbers of people, never their names."
    )
    action = "activity.import"

    def make_columns(self) -> list[Column]:
        return [
            *site_columns(self),
            Column(
                "held_on",
                gettext_lazy("Date"),
                Day(),
                required=True,
                example="2017-05-04",
                help=gettext_lazy("2016年9月30日, 2016.9.30, 2016-9-30; a month alone means its first day."),
            ),
            Column(
                "name",
                gettext_lazy("Activity"),
                Text(most=100),
                required=True,
                example=_("Free legal advice"),
            ),
            Column("place", gettext_lazy("Place"), Text(most=100), example=_("Service station")),
            Column("participants", gettext_lazy("Number of participants"), Whole(), example="60"),
            Column("description", gettext_lazy("Short description"), Text(most=1000, lines=True)),
        ]

    def prepare(self) -> None:
        areas = self.own_areas()
        self._finder = SiteFinder(areas)
        rows = Activity.objects.confirmed().filter(site__area__in=areas)
        self._rows = {(row.site_id, row.held_on, row.name): row for row in rows}

    def judge(self, draft: Draft) -> None:
        values = draft.values
        site = self._finder.find(draft, self)
        if day := values.get("held_on"):
            draft.refuse("held_on", why_not_held(day))
        if site is None or day is None or "name" not in values:
            return
        key = (site.pk, day, values["name"])
        draft.name = f"{site.name} · {day} · {values['name']}"
        self.refuse_double(draft, key, "name")
        self.settle(draft, self._rows.get(key), FIELDS)
        draft.values["site"] = site

    def build(self, draft: Draft) -> None:
        if draft.outcome == Outcome.NEW:
            values = {name: draft.values[name] for name in _KEPT if name in draft.values}
            # The county's own table needs nobody else's word.
            draft.record = Activity(state=EntryState.CONFIRMED, **values)
        draft.record.recorded_by, draft.record.recorded_at = self.actor, clock.now()

    def write(self, drafts: list[Draft]) -> None:
        write_activities(**new_and_changed(drafts), fields=FIELDS)
