"""The rules one by one: what stands between a site and an application for a level on a day.

Each asks the facts at hand and no database. The words are made only when somebody reads them: a city's table weighs
thousands of sites and shows twenty-five.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.errors import Reason
from accounts.words import lazy_day
from applications.eligibility import plaques as holding
from applications.eligibility.facts import Facts, Year
from applications.enums import ApplicationState, CycleState, Hindrance
from applications.models import Application, LevelRule
from applications.quota import no_place_words
from sites.enums import Awarder, PlaqueState, SiteState
from sites.models import Plaque, Site


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why not, by its kind; `words` makes the reason a person reads."""

    kind: Hindrance
    words: Callable[[], Reason]


@dataclass(frozen=True, slots=True)
class Question:
    """May this site apply for the rule's level on this day?"""

    site: Site
    rule: LevelRule
    on: datetime.date
    year: Year
    facts: Facts

    @property
    def below(self) -> list[Plaque]:
        return self.facts.of(self.site, self.rule.required_level_id)

    @property
    def own(self) -> list[Plaque]:
        return self.facts.of(self.site, self.rule.level_id)

    @property
    def live(self) -> Application | None:
        return self.year.live.get((self.site.pk, self.rule.level_id))


def obstacles(question: Question) -> Iterator[Obstacle]:
    """Everything that stands in the way, in the order a clerk would deal with it."""
    for check in _CHECKS:
        yield from check(question)


def _cycle_closed(question: Question) -> Iterator[Obstacle]:
    cycle = question.year.cycle
    if cycle.state == CycleState.OPEN:
        return
    yield Obstacle(
        Hindrance.CYCLE,
        lambda: Reason(
            text=_("The cycle %(cycle)s is not open.") % {"cycle": cycle},
            remedy=_("The leadership office opens it.") if cycle.state == CycleState.PREPARED else "",
        ),
    )


def _site_closed(question: Question) -> Iterator[Obstacle]:
    site = question.site
    if site.state == SiteState.MERGED:
        yield Obstacle(
            Hindrance.SITE,
            lambda: Reason(
                text=_("The site was merged into %(site)s.") % {"site": site.merged_into},
                remedy=_("Apply with that site."),
            ),
        )
    elif site.state != SiteState.ACTIVE:
        yield Obstacle(
            Hindrance.SITE,
            lambda: Reason(text=_("The site is closed."), remedy=_("The leadership office can reopen it.")),
        )


def _area_closed(question: Question) -> Iterator[Obstacle]:
    site = question.site
    if site.area_id not in question.facts.areas:
        yield Obstacle(
            Hindrance.AREA,
            lambda: Reason(
                text=_("%(area)s is no longer a county or park of this programme.") % {"area": site.area},
                remedy=_("The leadership office moves the site to the unit that answers for it now."),
            ),
        )


def _not_offered(question: Question) -> Iterator[Obstacle]:
    rule, site = question.rule, question.site
    if rule.quota is None:
        yield Obstacle(Hindrance.NOT_OFFERED, lambda: Reason(text=_not_applied_for(rule)))
    elif site.category_id not in question.year.categories.get(rule.level_id, ()):
        yield Obstacle(
            Hindrance.NOT_OFFERED,
            lambda: Reason(
                text=_("%(category)s is not offered at %(level)s in this cycle.")
                % {"category": site.category, "level": rule.level},
                article=rule.cycle.articles.get("categories", ""),
            ),
        )


def _not_applied_for(rule: LevelRule) -> str:
    if rule.level.awarded_by == Awarder.AREA:
        return _("%(level)s is not applied for: the county awards it itself.") % {"level": rule.level}
    return _("%(level)s is not applied for in this cycle.") % {"level": rule.level}


def _under_way(question: Question) -> Iterator[Obstacle]:
    live = question.live
    if live is None:
        return
    if live.state == ApplicationState.AWARDED:
        words = _("Application %(number)s of this cycle has led to the plaque already.")
    else:
        words = _("Application %(number)s of this site is under way: %(state)s.")
    yield Obstacle(
        Hindrance.UNDER_WAY,
        lambda: Reason(text=words % {"number": live.number, "state": live.get_state_display()}),
    )


def _holds_it(question: Question) -> Iterator[Obstacle]:
    held = holding.held_on(question.own, question.on)
    waiting = None if held else holding.claimed(question.own)
    if held:
        yield Obstacle(Hindrance.HELD, lambda: _held_words(held))
    elif waiting:
        yield Obstacle(
            Hindrance.HELD,
            lambda: Reason(
                text=_("The plaque %(number)s of this level waits for confirmation.")
                % {"number": waiting.number},
                remedy=_("It is confirmed, or found not to exist, first."),
            ),
        )


def _held_words(held: Plaque) -> Reason:
    until = held.valid_until
    return Reason(
        text=_("The site already holds the plaque %(number)s of this level.") % {"number": held.number},
        remedy=_("It is valid until %(day)s.") % {"day": lazy_day(until)} if until else "",
        earliest=until and until + holding.ONE_DAY,
    )


def ladder(question: Question) -> Iterator[Obstacle]:
    """The ladder (逐级授牌): the level below must be held on that day, without a stain, and long enough."""
    rule, on, below = question.rule, question.on, question.below
    if rule.required_level_id is None:
        return
    held = holding.held_on(below, on)
    if held is None:
        yield Obstacle(Hindrance.BELOW_MISSING, lambda: _missing_words(question))
        return
    stretch = holding.suspended_on(held, on)
    if stretch:
        yield Obstacle(
            Hindrance.BELOW_SUSPENDED,
            lambda: Reason(
                text=_("The plaque below, %(number)s, has been suspended since %(day)s.")
                % {"number": held.number, "day": lazy_day(stretch.begins_on)},
                article=_article(rule),
                remedy=_("The suspension must be ended first."),
                earliest=stretch.ended_on,
            ),
        )
        return
    if held.state == PlaqueState.RECTIFYING:
        yield Obstacle(Hindrance.BELOW_RECTIFYING, lambda: _rectifying_words(held, rule))
    enough = holding.long_enough_from(held, below, rule)
    if enough is None or on < enough:
        yield Obstacle(Hindrance.BELOW_TOO_SHORT, lambda: _too_short_words(question, held, enough))


def _article(rule: LevelRule) -> str:
    return rule.cycle.articles.get("ladder", "")


def _rectifying_words(held: Plaque, rule: LevelRule) -> Reason:
    return Reason(
        text=_("The plaque below, %(number)s, is in rectification until %(day)s.")
        % {"number": held.number, "day": lazy_day(held.rectify_by)},
        article=_article(rule),
        remedy=_("Rectify, and have the rectification confirmed."),
    )


def _too_short_words(question: Question, held: Plaque, enough: datetime.date | None) -> Reason:
    rule = question.rule
    parts = [
        _("The plaque %(number)s has been held since %(day)s; %(months)s months are required.")
        % {"number": held.number, "day": lazy_day(held.counted_from), "months": rule.required_months}
    ]
    days = enough and not rule.suspended_time_counts and holding.suspended_days(held, question.below, enough)
    if days:
        parts.append(_("%(days)s days of suspension do not count.") % {"days": days})
    earlier = _earlier_end(held, question.below)
    if earlier:
        parts += [_end_words(earlier), _("What was held before does not count.")]
    return Reason(
        text=" ".join(parts),
        article=_article(rule),
        remedy=_("Held long enough from %(day)s on.") % {"day": lazy_day(enough)} if enough else "",
        earliest=enough,
    )


def _earlier_end(held: Plaque, below: list[Plaque]) -> Plaque | None:
    """The plaque of the level that ended for good before this one was awarded: counting began anew."""
    before = [plaque for plaque in below if plaque.state != PlaqueState.REPLACED]
    return holding.last_ended(before, held.counted_from + holding.ONE_DAY)


#: How a plaque ended, in words; what is not listed ran out.
_ENDS = {
    PlaqueState.REVOKED: lambda: _("The plaque %(number)s was revoked on %(day)s."),
    PlaqueState.RETURNED: lambda: _("The plaque %(number)s was given back on %(day)s."),
    PlaqueState.LAPSED: lambda: _("The plaque %(number)s ended on %(day)s with the merger of the site."),
    PlaqueState.REPLACED: lambda: _("The plaque %(number)s was replaced on %(day)s."),
}


def _end_words(plaque: Plaque) -> str:
    if plaque.state in _ENDS and plaque.ended_on:
        return _ENDS[plaque.state]() % {"number": plaque.number, "day": lazy_day(plaque.ended_on)}
    return _("The plaque %(number)s was valid until %(day)s.") % {
        "number": plaque.number,
        "day": lazy_day(holding.last_day(plaque)),
    }


def _missing_words(question: Question) -> Reason:
    rule, below = question.rule, question.below
    text = _("The site holds no valid plaque of the level below: %(level)s.") % {"level": rule.required_level}
    waiting = holding.claimed(below)
    if waiting:
        return Reason(
            text=_("The plaque below, %(number)s, waits for confirmation and does not count yet.")
            % {"number": waiting.number},
            article=_article(rule),
            remedy=_("Its award paper is added.")
            if not waiting.paper
            else _("The leadership office confirms it."),
        )
    ended = holding.last_ended(below, question.on)
    return Reason(
        text=f"{text} {_end_words(ended)}" if ended else text,
        article=_article(rule),
        remedy=_ladder_remedy(rule, ended),
    )


def _ladder_remedy(rule: LevelRule, ended: Plaque | None) -> str:
    if ended:
        return _("It must be awarded again first.")
    if rule.required_level.awarded_by == Awarder.AREA:
        return _("The county awards its own plaque first, or registers the one given earlier with its paper.")
    return _("Apply for that level first, or register the plaque given earlier with its paper.")


def _too_late(question: Question) -> Iterator[Obstacle]:
    rule = question.rule
    deadline = question.year.deadlines.get(question.site.area_id)
    if deadline is None or question.on <= deadline:
        return
    yield Obstacle(
        Hindrance.TOO_LATE,
        lambda: Reason(
            text=_("The last day for filing was %(day)s.") % {"day": lazy_day(deadline)},
            article=rule.cycle.articles.get("deadline", ""),
            remedy=_("The leadership office can grant an extension."),
        ),
    )


def _no_place(question: Question) -> Iterator[Obstacle]:
    rule, site, live = question.rule, question.site, question.live
    if rule.quota is None or (live is not None and hasattr(live, "place")):
        return
    quota = question.year.quotas.get(site.area_id, {}).get(rule.level_id)
    if quota is None or quota.left <= 0:
        yield Obstacle(Hindrance.QUOTA, lambda: no_place_words(rule.cycle, site.area, rule.level, quota))


_CHECKS = (
    _cycle_closed,
    _site_closed,
    _area_closed,
    _not_offered,
    _under_way,
    _holds_it,
    ladder,
    _too_late,
    _no_place,
)
