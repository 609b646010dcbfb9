"""Who may add to a site's ledgers, who decides on it, and what an entry may say."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import has_role, why_not_role
from sites.life_enums import EntryAction, EntryState
from sites.models import (
    Activity,
    CoBuilder,
    Entry,
    FigureReport,
    Fund,
    OfficeHolder,
    Photo,
    Plan,
    PlanGoal,
    Secondment,
    SiteLiaison,
    Venue,
)
from sites.rules import why_not_active, why_not_held

_EARLIEST_YEAR, _LATEST_YEAR = 1980, 2100
#: A plan looks ahead some years; more is a slip of the keyboard.
LONGEST_PLAN = 10
#: So many digits in a row are a telephone or identity number, which ledgers of office-holders do not keep.
_NUMBER_OF_SOMEBODY = re.compile(r"\d{7,}")


def is_county(user, site) -> bool:
    """Whether the person's word counts at once: staff of the site's area, or the installation itself (None)."""
    return user is None or has_role(user, Role.UNIT_STAFF, site.area)


def liaison_site_ids(user) -> set[int]:
    """The sites whose liaison the person is today; read once per user object, for others without a query."""
    if not has_role(user, Role.LIAISON):
        return set()
    if not hasattr(user, "_liaison_site_ids"):
        held = SiteLiaison.objects.on(clock.today()).filter(user=user)
        user._liaison_site_ids = set(held.values_list("site_id", flat=True))
    return user._liaison_site_ids


def is_liaison(user, site) -> bool:
    return user is not None and site.pk in liaison_site_ids(user)


def why_not_add(user, site) -> Reason | None:
    """The ledgers are kept by the county staff and the site's liaisons, of sites that are kept up."""
    if is_county(user, site) or is_liaison(user, site):
        return why_not_active(site)
    return Reason(
        text=_("Only the county staff of %(unit)s and the site's liaisons may do this.")
        % {"unit": site.area},
        remedy=_("The county staff appoints liaisons on the page of the site."),
    )


def why_not_decide(user, site) -> Reason | None:
    """The county staff of the site's area confirms."""
    return why_not_role(user, (Role.UNIT_STAFF,), site.area)


def why_not_entry_action(user, entry: Entry, action, reason: str) -> Reason | None:
    """The county confirms, or refuses with a reason, what a liaison proposed, and takes back what it confirmed; who
    proposed something takes it back until it is confirmed. A replacement follows from the newer entry."""
    if action == EntryAction.WITHDRAW and entry.state != EntryState.CONFIRMED:
        refusal = _why_not_own(user, entry)
    else:
        refusal = why_not_decide(user, entry.site)
    if refusal is None and action in (EntryAction.REFUSE, EntryAction.WITHDRAW) and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the decision."))
    if refusal is None and action == EntryAction.CONFIRM:
        refusal = why_not_active(entry.site) or _why_overtaken(entry) or why_not_content(entry)
    if refusal is None and action == EntryAction.WITHDRAW and entry.state == EntryState.CONFIRMED:
        refusal = _why_kept(entry)
    return refusal


def why_not_change(user, entry: Entry) -> Reason | None:
    """A confirmed entry is changed by whoever may add one; one that is not confirmed by who proposed it."""
    if entry.state in (EntryState.WITHDRAWN, EntryState.REPLACED):
        return Reason(
            text=_("This entry does not stand any more: “%(state)s”.") % {"state": entry.get_state_display()},
            remedy=_("Look in the ledger for the one that stands, or add a new one."),
        )
    refusal = why_not_add(user, entry.site)
    if refusal is None and entry.state != EntryState.CONFIRMED:
        refusal = _why_not_own(user, entry)
    return refusal


def _why_not_own(user, entry: Entry) -> Reason | None:
    if user is None or (user.pk == entry.recorded_by_id and is_liaison(user, entry.site)):
        return None
    return Reason(text=_("Only the liaison who proposed this may do this."))


def _why_overtaken(entry: Entry) -> Reason | None:
    """The entry to be replaced must still stand: two changes of the same thing would else stand side by side."""
    before = entry.supersedes
    if isinstance(entry, PlanGoal) and entry.plan.state != EntryState.CONFIRMED:
        return Reason(
            text=_("The plan this goal belongs to is not confirmed."), remedy=_("Confirm the plan first.")
        )
    if before is None or before.state == EntryState.CONFIRMED:
        return None
    return Reason(
        text=_("The entry this one was to replace has been changed or taken back in the meantime."),
        remedy=_("Do not confirm it, and say what to look at; the liaison proposes it anew."),
    )


def _why_kept(entry: Entry) -> Reason | None:
    """What others are built on is not taken back under them."""
    if isinstance(entry, FigureReport):
        return Reason(
            text=_("These figures are the site's now."),
            remedy=_("Enter the right ones as a change of this report."),
        )
    if isinstance(entry, Plan) and entry.goals.standing().exists():
        return Reason(
            text=_("The plan still has goals."), remedy=_("Take back its goals first, with the reason.")
        )
    return None


# --- what an entry may say --------------------------------------------------------------------------------------


def why_not_content(entry: Entry) -> Reason | None:
    """Why these values cannot stand in the ledger, or None."""
    return _CONTENT[type(entry)](entry)


def _activity(entry: Activity) -> Reason | None:
    return why_not_held(entry.held_on)


def _venue(entry: Venue) -> Reason | None:
    if entry.area is not None and entry.area <= 0:
        return Reason(text=_("An area is more than nothing."))
    return None if entry.since is None else _why_not_past(entry.since)


def _span(entry) -> Reason | None:
    """A day from which and one until which, either of which may be missing or to come."""
    days = [day for day in (entry.begins_on, entry.ends_on) if day is not None]
    if any(not _EARLIEST_YEAR <= day.year <= _LATEST_YEAR for day in days):
        return _wrong_year(next(day.year for day in days if not _EARLIEST_YEAR <= day.year <= _LATEST_YEAR))
    if len(days) == 2 and entry.ends_on < entry.begins_on:
        return Reason(text=_("The last day lies before the first."))
    return None


def _office_holder(entry: OfficeHolder) -> Reason | None:
    words = re.sub(r"[\s\-‐-―]", "", f"{entry.name} {entry.unit_name}")
    if _NUMBER_OF_SOMEBODY.search(words):
        return Reason(
            text=_("No telephone or other personal number is kept here."),
            remedy=_("Enter the office title and the unit only."),
        )
    return _span(entry)


def _secondment(entry: Secondment) -> Reason | None:
    if entry.number < 1:
        return Reason(text=_("Enter how many cadres were seconded."))
    return _span(entry)


def _fund(entry: Fund) -> Reason | None:
    if entry.amount <= 0:
        return Reason(text=_("An amount is more than nothing."))
    if entry.received_on is not None and entry.received_on.year != entry.year:
        return Reason(
            text=_("The day the money came lies in another year than %(year)s.") % {"year": entry.year}
        )
    refusal = None if entry.received_on is None else _why_not_past(entry.received_on)
    return refusal or _why_not_year(entry.year, clock.today().year + 1)


def _figures(entry: FigureReport) -> Reason | None:
    known = {figure["code"] for figure in entry.site.programme.figures}
    if not entry.values or not set(entry.values) <= known:
        return Reason(text=_("Enter at least one of the programme's figures."))
    if any(Decimal(value) < 0 for value in entry.values.values()):
        return Reason(text=_("A figure is not less than nothing."))
    return _why_not_year(entry.year, clock.today().year)


def _plan(entry: Plan) -> Reason | None:
    refusal = _why_not_year(entry.from_year, _LATEST_YEAR) or _why_not_year(entry.to_year, _LATEST_YEAR)
    if refusal is None and not 0 <= entry.to_year - entry.from_year < LONGEST_PLAN:
        refusal = Reason(
            text=_("A plan runs from its first year to its last, at most %(years)s years.")
            % {"years": LONGEST_PLAN}
        )
    if refusal is None and entry.supersedes_id is not None:
        outside = entry.supersedes.goals.standing().exclude(year__range=(entry.from_year, entry.to_year))
        if outside.exists():
            refusal = Reason(text=_("The plan has a goal for a year outside these."))
    return refusal


def _goal(entry: PlanGoal) -> Reason | None:
    plan = entry.plan
    if plan.site_id != entry.site_id:
        return Reason(text=_("The plan belongs to another site."))
    if plan.state not in (EntryState.CONFIRMED, EntryState.PROPOSED):
        return Reason(text=_("The plan does not stand any more."))
    if not plan.from_year <= entry.year <= plan.to_year:
        return Reason(
            text=_("The plan runs from %(first)s to %(last)s.")
            % {"first": plan.from_year, "last": plan.to_year}
        )
    if entry.percent is not None and entry.percent > 100:
        return Reason(text=_("Progress ends at 100 percent."))
    if (entry.target is not None and entry.target <= 0) or (entry.reached is not None and entry.reached < 0):
        return Reason(text=_("A target is more than nothing, and what was reached not less."))
    return None


def _photo(entry: Photo) -> Reason | None:
    return _why_not_past(entry.taken_on)


def _why_not_past(day) -> Reason | None:
    if day > clock.today():
        return Reason(text=_("The day lies in the future."))
    return _why_not_year(day.year, day.year)


def _why_not_year(year: int, last: int) -> Reason | None:
    return None if _EARLIEST_YEAR <= year <= last else _wrong_year(year)


def _wrong_year(year: int) -> Reason:
    return Reason(text=_("The year %(year)s cannot be right.") % {"year": year})


_CONTENT = {
    Activity: _activity,
    Venue: _venue,
    CoBuilder: _span,
    OfficeHolder: _office_holder,
    Secondment: _secondment,
    Fund: _fund,
    FigureReport: _figures,
    Plan: _plan,
    PlanGoal: _goal,
    Photo: _photo,
}


# --- liaisons ---------------------------------------------------------------------------------------------------


def why_not_appoint(user, site, person) -> Reason | None:
    """The county appoints active accounts of its own units for sites that are kept up."""
    refusal = why_not_decide(user, site) or why_not_active(site)
    if refusal is not None:
        return refusal
    if person.is_active and person.unit is not None and site.area.contains(person.unit):
        return None
    return Reason(
        text=_("%(user)s has no open account at %(unit)s or below it.") % {"user": person, "unit": site.area},
        remedy=_("The system administrator opens the account."),
    )


def why_not_end_liaison(user, liaison: SiteLiaison) -> Reason | None:
    """The county ends what it has appointed, once."""
    if liaison.valid_to is not None:
        return Reason(text=_("The appointment was ended before."))
    return why_not_decide(user, liaison.site)
