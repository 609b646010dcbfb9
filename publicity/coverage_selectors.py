"""Reading the register of coverage."""

import datetime

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Role
from accounts.models import AuditEvent
from accounts.rules import has_role
from accounts.scope import units_with_role
from notices.todo import Todo
from publicity.enums import CoverageState, LinkState
from publicity.models import Coverage, LinkCheck
from publicity.schemes import names_of, schemes_of
from sites.models import Programme
from sites.selectors import areas_of

#: Under this the audit trail notes that no link at all could be reached.
OFFLINE = "coverage.offline"


def coverage_for_list(user):
    """The entries a person may see with what a row of the list shows, in a fixed number of queries."""
    reprints = Coverage.objects.filter(state=CoverageState.RECORDED).order_by("published_on", "pk")
    return Coverage.objects.visible_to(user).prefetch_related(
        *("area", "site__category", "case", "same_as", "planned"),
        Prefetch("reprints", queryset=reprints, to_attr="kept_reprints"),
    )


def with_names(rows) -> list[Coverage]:
    """Entries with the words of their medium and level as `medium_name` and `level_name`; a query per programme."""
    found = list(rows)
    for programme_id in {entry.programme_id for entry in found}:
        media, levels = names_of(schemes_of(programme_id))
        for entry in found:
            if entry.programme_id == programme_id:
                entry.medium_name = media.get(entry.medium, entry.medium)
                entry.level_name = levels.get(entry.outlet_level, entry.outlet_level)
    return found


def likely_original(entry: Coverage, days: int) -> Coverage | None:
    """The original this may be a reprint of: the same title in the programme within so many days, else None."""
    if not days:
        return None
    span = datetime.timedelta(days=days)
    rows = Coverage.objects.filter(
        programme=entry.programme_id,
        fingerprint=entry.fingerprint,
        state=CoverageState.RECORDED,
        published_on__range=(entry.published_on - span, entry.published_on + span),
    )
    found = rows.exclude(pk=entry.pk).select_related("same_as").order_by("published_on", "pk").first()
    return found and (found.same_as or found)


def same_link(entry: Coverage) -> Coverage | None:
    """The entry on record that has the same link, or None."""
    if not entry.link_key:
        return None
    rows = Coverage.objects.filter(
        programme=entry.programme_id, link_key=entry.link_key, state=CoverageState.RECORDED
    )
    return rows.exclude(pk=entry.pk).first()


def originals():
    """The entries that count."""
    return Coverage.objects.filter(state=CoverageState.RECORDED, same_as=None)


def coverage_of_site(user, site, limit: int) -> tuple[list[Coverage], int]:
    """The latest entries of a site that are on record, and how many there are; two queries and the names."""
    rows = Coverage.objects.visible_to(user).filter(site=site, state=CoverageState.RECORDED)
    return with_names(rows[:limit]), rows.count()


def registers_of(user) -> list[tuple[Programme, list]]:
    """The programmes a person records coverage for, each with the areas: the office all, the staff their own."""
    found = []
    for programme in Programme.objects.select_related("owner").order_by("id"):
        areas = list(areas_of(programme))
        if not has_role(user, Role.OFFICE, programme.owner):
            areas = [area for area in areas if has_role(user, Role.UNIT_STAFF, area)]
        if areas:
            found.append((programme, areas))
    return found


def offline_since() -> datetime.datetime | None:
    """Since when no link could be reached from here; None where the last look reached something."""
    noted = AuditEvent.objects.filter(action=OFFLINE).order_by("-id").values_list("at", flat=True).first()
    if noted is None:
        return None
    reached = LinkCheck.objects.filter(status__isnull=False, checked_at__gt=noted).exists()
    return None if reached else noted


def waiting_for(user) -> list[Todo]:
    """Links that no longer open and of which nothing was kept, for those who keep the register; one query."""
    if has_role(user, Role.OFFICE):
        owned = Q(programme__owner__in=units_with_role(user, (Role.OFFICE,)))
    elif has_role(user, Role.UNIT_STAFF):
        owned = Q(area__in=units_with_role(user, (Role.UNIT_STAFF,)))
    else:
        return []
    gone = Coverage.objects.filter(
        owned, state=CoverageState.RECORDED, link_state=LinkState.DEAD, snapshot="", file=""
    ).count()
    if not gone:
        return []
    return [
        Todo(
            text=ngettext(
                "The link of %(n)s entry of coverage no longer opens and nothing was kept: add a picture or PDF",
                "The links of %(n)s entries of coverage no longer open and nothing was kept: add pictures or PDFs",
                gone,
            )
            % {"n": gone},
            url=f"{reverse('publicity:coverage')}?link=lost",
            detail=_("Coverage register"),
        )
    ]
