"""What all services of sites share: the one place that assigns a state, locks, and words for broken uniqueness."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason
from accounts.staircase import climb
from sites.enums import PLAQUE_TRANSITIONS, SITE_TRANSITIONS
from sites.ledger_measures import fund_step
from sites.life_content import content_hash
from sites.life_enums import ENTRY_TRANSITIONS, EntryAction, EntryState
from sites.life_rules import why_not_entry_action
from sites.models import Entry, Fund, Plaque, PlaqueLog, Site, SiteLog
from sites.rules import why_not_plaque_action, why_not_site_action
from sites.services.tallies import count


def transition(*, obj: Site | Plaque | Entry, action: str, actor, reason: str = "", guard=None, **changes):
    """Move a site, plaque or entry of a ledger along its table; the only place of this app that assigns a state.
    `changes` are fields written with the state; `guard` replaces the usual one where another step's rule decides.

    Raises DomainError when the move is not in the table or a rule forbids it.
    """
    if isinstance(obj, Site):
        steps = {"table": SITE_TRANSITIONS, "guard": guard or why_not_site_action, "log_model": SiteLog}
        return climb(
            obj=obj, action=action, actor=actor, reason=reason, unit=obj.area, changes=changes, **steps
        )
    if isinstance(obj, Entry):
        return _entry_step(obj, action, actor, reason, guard, changes)
    steps = {"table": PLAQUE_TRANSITIONS, "guard": guard or why_not_plaque_action, "log_model": PlaqueLog}
    return climb(
        obj=obj, action=action, actor=actor, reason=reason, unit=obj.site.area, changes=changes, **steps
    )


def _entry_step(entry: Entry, action: str, actor, reason: str, guard, changes: dict):
    """A step of an entry of a ledger; who decided on it, when and why stands on the entry as well."""
    if action != EntryAction.REPLACE:
        changes = {"decided_by": actor, "decided_at": clock.now(), "reason": reason, **changes}
    row = climb(
        obj=entry,
        action=action,
        actor=actor,
        reason=reason,
        table=ENTRY_TRANSITIONS,
        guard=guard or why_not_entry_action,
        log_model=entry._meta.get_field("log").related_model,
        content_hash=content_hash(entry),
        unit=entry.site.area,
        changes=changes,
    )
    counts = EntryState.CONFIRMED
    count_entry(entry, (row.to_state == counts) - (row.from_state == counts))
    return row


def count_entry(entry: Entry, change: int) -> None:
    """Count an entry whose sums the dashboards show in (+1) or out (-1), in the transaction that confirms or ends
    it."""
    if isinstance(entry, Fund) and change:
        count(fund_step(entry, change))


def lock_site(site: Site) -> Site:
    """Hold the site until the end of the transaction: closing it and giving it a plaque must not cross."""
    return Site.objects.select_for_update(no_key=True).get(pk=site.pk)


def hold(plaque: Plaque) -> Plaque:
    """Hold a plaque's site, then read the plaque anew: whoever waited decides on what stands now."""
    lock_site(plaque.site)
    plaque.refresh_from_db()
    return plaque


def save_unique(obj: Site | Plaque) -> None:
    """Save, turning a broken uniqueness rule of the database into words."""
    try:
        with transaction.atomic():
            obj.save()
    except IntegrityError as error:
        raise (name_taken(obj) if isinstance(obj, Site) else number_taken(obj)) from error


def name_taken(site: Site) -> DomainError:
    return DomainError(
        Reason(
            text=_("%(area)s already has a site of this category with the name “%(name)s”.")
            % {"area": site.area, "name": site.name},
            remedy=_("Look for it in the list of sites, or give this one a name that tells them apart."),
        )
    )


def number_taken(plaque: Plaque) -> DomainError:
    return DomainError(
        Reason(
            text=_("The site already has a plaque of this level, or the number “%(number)s” is taken.")
            % {"number": plaque.number},
            remedy=_("Look at the site's plaques before trying again."),
        )
    )
