"""Whether a site may apply for a level in a cycle; if not, why, where that is written, and from when it could."""

import datetime
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import Reason
from accounts.words import lazy_day
from applications.deadlines import filing_deadline
from applications.enums import OPEN_STATES, ApplicationState, CycleState
from applications.models import Application, Cycle, LevelRule
from applications.quota import why_no_place
from sites.enums import Awarder, SiteState
from sites.models import Site
from sites.selectors import plaque_in_force


@dataclass(frozen=True)
class Eligibility:
    """The answer for one site and level; `application` is the one already under way, if any."""

    rule: LevelRule
    reasons: tuple[Reason, ...]
    application: Application | None = None

    @property
    def ok(self) -> bool:
        return not self.reasons

    @property
    def earliest(self) -> datetime.date | None:
        """The first day on which the answer can become yes by time alone; None when time alone does not help."""
        days = [reason.earliest for reason in self.reasons]
        return max(days) if days and all(days) else None


def eligibility(site: Site, rule: LevelRule, on: datetime.date | None = None) -> Eligibility:
    """Whether `site` may file for the rule's level on a day (default today), with every reason why not."""
    on = on or clock.today()
    live = live_application(site, rule)
    checks = [
        _why_cycle_closed(rule.cycle),
        _why_site_closed(site),
        _why_not_offered(site, rule),
        _why_under_way(live),
        _why_holds_it(site, rule),
        why_not_on_ladder(site, rule, on),
        _why_too_late(site, rule, on),
        why_no_place(rule.cycle, site.area, rule.level) if rule.quota is not None else None,
    ]
    return Eligibility(rule=rule, reasons=tuple(filter(None, checks)), application=live)


def why_not_on_ladder(site: Site, rule: LevelRule, on: datetime.date) -> Reason | None:
    """The ladder (逐级授牌): the level below must be held on that day, and long enough."""
    if rule.required_level is None:
        return None
    article = rule.cycle.articles.get("ladder", "")
    held = plaque_in_force(site, rule.required_level, on)
    if held is None:
        return Reason(
            text=_("The site holds no valid plaque of the level below: %(level)s.")
            % {"level": rule.required_level},
            article=article,
            remedy=_ladder_remedy(rule),
        )
    since = held.awarded_on + relativedelta(months=rule.required_months)
    if on < since:
        return Reason(
            text=_("The plaque %(number)s has been held since %(day)s; %(months)s months are required.")
            % {"number": held.number, "day": lazy_day(held.awarded_on), "months": rule.required_months},
            article=article,
            remedy=_("Possible from %(day)s on.") % {"day": lazy_day(since)},
            earliest=since,
        )
    return None


def live_application(site: Site, rule: LevelRule) -> Application | None:
    """The application already under way (or awarded) for the site and level in this cycle."""
    states = (*OPEN_STATES, ApplicationState.AWARDED)
    return Application.objects.filter(site=site, level=rule.level, cycle=rule.cycle, state__in=states).first()


def _ladder_remedy(rule: LevelRule) -> str:
    if rule.required_level.awarded_by == Awarder.AREA:
        return _("The county awards its own plaque first, or registers the one given earlier with its paper.")
    return _("Apply for that level first, or register the plaque given earlier with its paper.")


def _why_cycle_closed(cycle: Cycle) -> Reason | None:
    if cycle.state == CycleState.OPEN:
        return None
    return Reason(text=_("The cycle %(cycle)s is not open.") % {"cycle": cycle})


def _why_site_closed(site: Site) -> Reason | None:
    if site.state == SiteState.ACTIVE:
        return None
    return Reason(text=_("The site is closed."), remedy=_("The leadership office can reopen it."))


def _why_not_offered(site: Site, rule: LevelRule) -> Reason | None:
    if rule.quota is None:
        return Reason(
            text=_("%(level)s is not applied for: the county awards it itself.") % {"level": rule.level}
            if rule.level.awarded_by == Awarder.AREA
            else _("%(level)s is not applied for in this cycle.") % {"level": rule.level}
        )
    if rule.categories.filter(pk=site.category_id).exists():
        return None
    return Reason(
        text=_("%(category)s is not offered at %(level)s in this cycle.")
        % {"category": site.category, "level": rule.level}
    )


def _why_under_way(application: Application | None) -> Reason | None:
    if application is None:
        return None
    return Reason(
        text=_("Application %(number)s of this site is under way: %(state)s.")
        % {"number": application.number, "state": application.get_state_display()}
    )


def _why_holds_it(site: Site, rule: LevelRule) -> Reason | None:
    held = plaque_in_force(site, rule.level)
    if held is None:
        return None
    return Reason(
        text=_("The site already holds the plaque %(number)s of this level.") % {"number": held.number}
    )


def _why_too_late(site: Site, rule: LevelRule, on: datetime.date) -> Reason | None:
    deadline = filing_deadline(rule.cycle, site.area)
    if deadline is None or on <= deadline:
        return None
    return Reason(
        text=_("The last day for filing was %(day)s.") % {"day": lazy_day(deadline)},
        article=rule.cycle.articles.get("deadline", ""),
        remedy=_("The leadership office can grant an extension."),
    )
