"""The ledgers of a site: adding, confirming, refusing, changing and taking back their entries."""

from collections.abc import Iterable
from contextlib import contextmanager
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.services import record
from notices.services import notify
from sites.life_content import content_of
from sites.life_enums import EntryAction, EntryState
from sites.life_kinds import kind_of
from sites.life_rules import (
    is_county,
    why_not_add,
    why_not_change,
    why_not_content,
    why_not_entry_action,
)
from sites.models import Entry, FigureReport, Fund, Plan, PlanGoal, Secondment, Site
from sites.pictures import prepared
from sites.services.common import count_entry, lock_site, transition
from sites.services.sites import set_figures


@transaction.atomic
def add_entry(*, actor, site: Site, model: type[Entry], **values) -> Entry:
    """Add an entry to a ledger of a site: one of the county staff counts at once, one of a liaison is proposed.

    A photo comes as `picture`, an upload. `actor` None is the installation itself. Raises DomainError for people who
    do not keep the site's ledgers, a closed site, values that cannot be, or an entry that is there already.
    """
    locked = _held(site)
    require(why_not_add(actor, locked))
    entry = model(site=locked, **_with_picture(values))
    require(_why_sent_before(actor, entry))
    return _written(actor, entry)


@transaction.atomic
def change_entry(*, actor, entry: Entry, **values) -> Entry:
    """Write a newer entry in the place of one that stands: at once by the county staff, as a proposal by a liaison.

    `values` need only name what changes. An entry that was not confirmed is taken back by who proposed it and
    proposed anew. Returns the newer entry. Raises DomainError.
    """
    before = _fresh(entry)
    require(why_not_change(actor, before))
    is_confirmed = before.state == EntryState.CONFIRMED
    newer = type(before)(site=before.site, **content_of(before) | _with_picture(values))
    if is_confirmed:
        newer.supersedes = before
    else:
        newer.supersedes = before.supersedes
        _decide(before, EntryAction.WITHDRAW, actor, _("Proposed anew, with changes."))
    newer = _written(actor, newer)
    if isinstance(before, Plan) and not is_confirmed:
        _follow(before, newer)
    return newer


@transaction.atomic
def confirm_entry(*, actor, entry: Entry) -> None:
    """The county confirms what a liaison proposed: from now on it counts, in the place of what it replaces."""
    fresh = _fresh(entry)
    _decide(fresh, EntryAction.CONFIRM, actor, "")
    _take_effect(fresh)
    entry.state = fresh.state


def confirm_entries(*, actor, entries: Iterable[Entry]) -> tuple[int, list[str]]:
    """Confirm several entries, each by itself: (how many were confirmed, the refusals of the others in words).

    Plans come before their goals, else in the order in which they were proposed.
    """
    done, refusals = 0, []
    for entry in sorted(entries, key=lambda one: (isinstance(one, PlanGoal), one.recorded_at, one.pk)):
        try:
            confirm_entry(actor=actor, entry=entry)
            done += 1
        except DomainError as error:
            words = _("%(what)s: %(words)s")
            refusals.append(words % {"what": f"{entry.site} · {entry}", "words": error})
    return done, refusals


@transaction.atomic
def refuse_entry(*, actor, entry: Entry, reason: str) -> None:
    """The county does not confirm a proposal; who proposed it is told why."""
    fresh = _fresh(entry)
    _decide(fresh, EntryAction.REFUSE, actor, reason)
    entry.state = fresh.state
    if fresh.recorded_by is not None:
        notify(
            recipients=[fresh.recorded_by],
            subject=format_lazy(
                gettext_lazy("The county has not confirmed an entry: {entry}"),
                entry=f"{fresh.site} · {fresh}"[:150],
            ),
            body=reason,
            url=reverse("sites:entry", args=[kind_of(fresh).code, fresh.pk]),
        )


@transaction.atomic
def withdraw_entry(*, actor, entry: Entry, reason: str) -> None:
    """Take an entry back: a confirmed one by the county staff, one that is not by who proposed it. The row stays."""
    fresh = _fresh(entry)
    _decide(fresh, EntryAction.WITHDRAW, actor, reason)
    entry.state = fresh.state


def _why_sent_before(actor, entry: Entry) -> Reason | None:
    """A form that was sent twice on one day is one entry where sums are made: money must not count twice."""
    if actor is None or not isinstance(entry, Fund | Secondment):
        return None
    same = type(entry).objects.standing().filter(site=entry.site, recorded_by=actor, **content_of(entry))
    days = same.values_list("recorded_at", flat=True)
    return _double(entry) if clock.today() in map(timezone.localdate, days) else None


# --- what they share --------------------------------------------------------------------------------------------


def _held(site: Site) -> Site:
    """The site under its lock, with what the rules ask of it."""
    lock_site(site)
    return Site.objects.select_related("area", "programme").get(pk=site.pk)


def _fresh(entry: Entry) -> Entry:
    """The entry as it stands now, its site held: whoever waited decides on what is there."""
    site = _held(entry.site)
    fresh = type(entry)._default_manager.select_related("supersedes", "recorded_by").get(pk=entry.pk)
    fresh.site = site
    return fresh


def _with_picture(values: dict) -> dict:
    """The values with a photo's upload as the files that are kept."""
    if "picture" not in values:
        return values
    upload = values.pop("picture")
    picture = prepared(upload)
    return values | {
        "image": picture.image,
        "thumbnail": picture.thumbnail,
        "width": picture.width,
        "height": picture.height,
    }


def _written(actor, entry: Entry) -> Entry:
    """Save a new entry, confirmed or proposed according to who adds it, with its audit row."""
    confirmed = is_county(actor, entry.site)
    entry.recorded_by, entry.recorded_at = actor, clock.now()
    require(why_not_content(entry))
    with _no_double(entry), transaction.atomic():
        if confirmed:
            entry.state = EntryState.CONFIRMED
            _replace_by(entry, actor)
        entry.save()
    if confirmed:
        _take_effect(entry)
        count_entry(entry, 1)
    step = "record" if confirmed else "propose"
    record(action=f"{entry._meta.model_name}.{step}", actor=actor, obj=entry, unit=entry.site.area)
    return entry


def _decide(entry: Entry, action: str, actor, reason: str) -> None:
    """One step of the staircase; what a confirmed entry replaces gives way first."""
    guard = None
    with _no_double(entry), transaction.atomic():
        if action == EntryAction.CONFIRM:
            # Asked before the older entry gives way: afterwards it would seem overtaken.
            require(why_not_entry_action(actor, entry, action, reason))
            guard = _asked_already
            _replace_by(entry, actor)
        transition(obj=entry, action=action, actor=actor, reason=reason, guard=guard)


def _asked_already(actor, entry, action, reason) -> None:
    return None


def _replace_by(entry: Entry, actor) -> None:
    """Let go what a confirmed entry takes the place of: the one it changes, and an older report of the same year."""
    gone = [entry.supersedes] if entry.supersedes is not None else []
    if isinstance(entry, FigureReport):
        same = FigureReport.objects.confirmed().filter(site=entry.site, year=entry.year)
        gone += list(same.exclude(pk=entry.pk).exclude(pk=entry.supersedes_id or 0))
    for before in gone:
        if before.state == EntryState.CONFIRMED:
            before.site = entry.site
            transition(obj=before, action=EntryAction.REPLACE, actor=actor)


def _take_effect(entry: Entry) -> None:
    """What a confirmed entry changes elsewhere: the site's figures, the plan its goals belong to."""
    if isinstance(entry, FigureReport):
        figures = {code: Decimal(value) for code, value in entry.values.items()}
        set_figures(site=entry.site, year=entry.year, values=figures)
    if isinstance(entry, Plan) and entry.supersedes is not None:
        _follow(entry.supersedes, entry)


def _follow(before: Plan, newer: Plan) -> None:
    """Let the goals of a plan belong to the newer writing of it."""
    PlanGoal.objects.filter(plan=before).update(plan=newer)


@contextmanager
def _no_double(entry: Entry):
    """Turn a broken uniqueness rule of the database into words."""
    try:
        yield
    except IntegrityError as error:
        raise DomainError(_double(entry)) from error


def _double(entry: Entry) -> Reason:
    return Reason(
        text=_("The ledger already has this entry, or a change of it that waits: %(name)s.")
        % {"name": entry},
        remedy=_("Look in the ledger for it."),
    )
