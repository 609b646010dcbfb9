"""What is known of a site before its county reports: ledger, figures, activities, last application, last review.

Reads all sites of a list at once, so that drawing a list of hundreds takes as many queries as drawing one.
"""

import datetime
from collections.abc import Iterable

from django.utils import timezone

from accounts import clock
from applications.models import Application, Cycle
from assessments.models import Review
from assessments.reviewing.drawing import REVIEWED_STATES
from assessments.reviewing.fields import fields_of, value_of
from sites.models import Activity, Plaque, Site, SiteFigure


def sources_of(field: dict) -> list[str]:
    """Where a field's value is looked for, in order: the first place that knows it has the say."""
    source = field.get("source", [])
    return [source] if isinstance(source, str) else list(source)


def prefill_of(cycle: Cycle, sites: Iterable[Site]) -> dict[int, dict[str, dict]]:
    """By site id and field code what is known: {"value", "source", "as_of"}, the last an ISO day or a year.

    `sites` come with category, area and unit.
    """
    known = _Known(cycle, list(sites))
    return {site.pk: known.of(site) for site in known.sites}


class _Known:
    """Everything on record of some sites, read once."""

    def __init__(self, cycle: Cycle, sites: list[Site]):
        self.cycle, self.sites, self.today = cycle, sites, clock.today()
        self.fields = fields_of(cycle)
        self._plaques = self._read_plaques()
        self._figures = self._read_figures()
        self._applications = self._read_applications()
        self._reviews = self._read_reviews()
        self._activities = self._read_activities()

    def of(self, site: Site) -> dict[str, dict]:
        found = {field["code"]: self._first(site, sources_of(field)) for field in self.fields}
        return {code: known for code, known in found.items() if known is not None}

    def _first(self, site: Site, sources: list[str]) -> dict | None:
        for source in sources:
            known = self._look_up(site, source)
            if known is not None and known["value"].strip():
                return known | {"source": source}
        return None

    def _look_up(self, site: Site, source: str) -> dict | None:
        kind, _dot, name = source.replace(".", ":", 1).partition(":")
        return {
            "site": self._of_site,
            "figure": self._of_figures,
            "application": self._of_application,
            "last_review": self._of_last_review,
            "activities": self._of_activities,
            "plaques": self._of_plaques,
        }.get(kind, self._of_site)(site, name or kind)

    # --- one source each ------------------------------------------------------------------------------------

    def _of_site(self, site: Site, name: str) -> dict:
        value = getattr(site, name)
        return {"value": getattr(value, "name", value), "as_of": self.today.isoformat()}

    def _of_plaques(self, site: Site, _name: str) -> dict:
        return {"value": "；".join(self._plaques.get(site.pk, [])), "as_of": self.today.isoformat()}

    def _of_figures(self, site: Site, code: str) -> dict | None:
        found = self._figures.get((site.pk, code))
        return found and {"value": found[0], "as_of": str(found[1])}

    def _of_application(self, site: Site, code: str) -> dict | None:
        data, day = self._applications.get(site.pk, ({}, self.today))
        return {"value": str(data.get(code, "")), "as_of": day.isoformat()}

    def _of_last_review(self, site: Site, code: str) -> dict | None:
        review = self._reviews.get(site.pk)
        if review is None:
            return None
        return {
            "value": value_of(review, code),
            "as_of": timezone.localdate(review.reported_at).isoformat(),
        }

    def _of_activities(self, site: Site, name: str) -> dict | None:
        held = self._activities.get(site.pk)
        if not held:
            return None
        if name == "count":
            since = self._since(site.pk)
            count = sum(day >= since for day, _name in held)
            return {"value": str(count), "as_of": self.today.isoformat(), "since": since.isoformat()}
        day, activity = held[-1]
        return {"value": f"{_chinese_day(day)}　{activity}", "as_of": self.today.isoformat()}

    # --- reading --------------------------------------------------------------------------------------------

    def _read_plaques(self) -> dict[int, list[str]]:
        rows = Plaque.objects.filter(site__in=self.sites, state__in=REVIEWED_STATES).select_related("level")
        found: dict[int, list[str]] = {}
        for plaque in rows.order_by("level__rank"):
            words = f"{plaque.level.name} {plaque.number}（{_chinese_day(plaque.awarded_on)}）"
            found.setdefault(plaque.site_id, []).append(words)
        return found

    def _read_figures(self) -> dict[tuple[int, str], tuple[str, int]]:
        """The latest count of each kind, not later than the cycle's year."""
        rows = SiteFigure.objects.filter(site__in=self.sites, year__lte=self.cycle.year).order_by("year")
        return {(row.site_id, row.code): (f"{row.value.normalize():f}", row.year) for row in rows}

    def _read_applications(self) -> dict[int, tuple[dict, datetime.date]]:
        rows = Application.objects.filter(site__in=self.sites, filed_first_at__isnull=False)
        return {
            site: (data, timezone.localdate(at))
            for site, data, at in rows.order_by("filed_first_at").values_list(
                "site_id", "data", "filed_first_at"
            )
        }

    def _read_reviews(self) -> dict[int, Review]:
        """The last review each site reported on in an earlier year."""
        rows = Review.objects.filter(
            site__in=self.sites, cycle__year__lt=self.cycle.year, reported_at__isnull=False
        ).select_related("cycle")
        return {review.site_id: review for review in rows.order_by("cycle__year")}

    def _read_activities(self) -> dict[int, list[tuple[datetime.date, str]]]:
        rows = (
            Activity.objects.confirmed()
            .filter(site__in=self.sites, held_on__gte=self._earliest(), held_on__lte=self.today)
            .order_by("held_on", "id")
        )
        found: dict[int, list[tuple[datetime.date, str]]] = {}
        for site, day, name in rows.values_list("site_id", "held_on", "name"):
            found.setdefault(site, []).append((day, name))
        return found

    def _since(self, site_id: int) -> datetime.date:
        """The first day that counts: after the last review's report, else the beginning of the year before."""
        review = self._reviews.get(site_id)
        if review is None:
            return self._year_before()
        return timezone.localdate(review.reported_at) + datetime.timedelta(days=1)

    def _earliest(self) -> datetime.date:
        return min([self._year_before(), *(self._since(site) for site in self._reviews)])

    def _year_before(self) -> datetime.date:
        return datetime.date(self.cycle.year - 1, 1, 1)


def _chinese_day(day: datetime.date) -> str:
    """As GB/T 9704-2012 writes dates: the form is an official paper, whatever the language of the page."""
    return f"{day.year}年{day.month}月{day.day}日"
