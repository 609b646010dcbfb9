"""The answer: yes, or everything that stands in the way and the first day on which nothing does."""

import datetime
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import Reason
from accounts.words import lazy_day
from applications.eligibility.facts import Facts, Year, gather, plaques_of
from applications.eligibility.obstacles import Obstacle, Question, ladder, obstacles
from applications.eligibility.plaques import turning_days
from applications.enums import OPEN_STATES, Answer, ApplicationState, CycleState, Hindrance
from applications.models import Application, LevelRule
from sites.models import Site

#: Hindrances that a new year may take away without anybody lifting a hand.
_OF_THE_YEAR = {Hindrance.CYCLE, Hindrance.TOO_LATE, Hindrance.QUOTA, Hindrance.BELOW_TOO_SHORT}
#: Hindrances that no day takes away.
_FOR_GOOD = {Hindrance.SITE, Hindrance.AREA}


@dataclass(frozen=True)
class Eligibility:
    """The answer for one site and level on a day; `application` is the one already under way, if any."""

    site: Site
    rule: LevelRule
    on: datetime.date
    obstacles: tuple[Obstacle, ...]
    facts: Facts = field(repr=False)
    application: Application | None = None

    @property
    def ok(self) -> bool:
        return not self.obstacles

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Every reason why not, in words."""
        return tuple(obstacle.words() for obstacle in self.obstacles)

    @cached_property
    def first_yes(self) -> tuple[datetime.date, Year] | None:
        """The first day on which the answer is yes by time alone, and the year the application then belongs to."""
        return None if self.ok else _first_yes(self)

    @property
    def earliest(self) -> datetime.date | None:
        """The first day on which the answer becomes yes by time alone; None when time alone does not help, or as
        far as the years known here reach."""
        return self.first_yes and self.first_yes[0]

    @property
    def kind(self) -> Answer:
        if self.ok:
            return Answer.YES
        return Answer.LATER if self.first_yes else Answer.NO

    @property
    def kinds(self) -> list[Hindrance]:
        """What stands in the way, in a word each."""
        return [obstacle.kind for obstacle in self.obstacles]

    @property
    def outlook(self) -> str:
        """From when it could be, in words; empty where nothing can be said beyond the reasons."""
        if self.ok:
            return ""
        if self.first_yes:
            return _earliest_words(self.facts, *self.first_yes)
        only_the_year = all(obstacle.kind in _OF_THE_YEAR for obstacle in self.obstacles)
        if only_the_year and self.facts.following is None and not self.facts.this.assumed:
            return _("The cycle %(year)s has not been prepared yet; its days are not known.") % {
                "year": self.facts.this.cycle.year + 1
            }
        return ""


def eligibility(site: Site, rule: LevelRule, on: datetime.date | None = None) -> Eligibility:
    """Whether `site` may file for the rule's level on a day (default today), with every reason why not.

    Plaques are taken as they stood on that day (on a future day: as they stand now, if nothing happens to them);
    quota, applications under way and the state of the cycle are those of now.
    """
    return answer(site, rule.level_id, on or clock.today(), gather([site], rule.cycle))


def answer(site: Site, level_id: int, on: datetime.date, facts: Facts) -> Eligibility:
    """The same from facts already read, for many sites at once; no query."""
    question = Question(site, facts.this.rules[level_id], on, facts.this, facts)
    return Eligibility(
        site=site,
        rule=question.rule,
        on=on,
        obstacles=tuple(obstacles(question)),
        facts=facts,
        application=question.live,
    )


def why_not_on_ladder(site: Site, rule: LevelRule, on: datetime.date) -> Reason | None:
    """The ladder (逐级授牌): the level below must be held on that day, and long enough."""
    if rule.required_level_id is None:
        return None
    year = Year(rule.cycle, {}, {}, {}, {}, {})
    question = Question(site, rule, on, year, Facts(year, None, frozenset(), plaques_of([site])))
    found = next(ladder(question), None)
    return found and found.words()


def live_application(site: Site, rule: LevelRule) -> Application | None:
    """The application already under way (or awarded) for the site and level in this cycle."""
    states = (*OPEN_STATES, ApplicationState.AWARDED)
    return Application.objects.filter(site=site, level=rule.level, cycle=rule.cycle, state__in=states).first()


def _first_yes(asked: Eligibility) -> tuple[datetime.date, Year] | None:
    """Ask the same rules again on every day on which something turns, this year and the next.

    A later year's applications begin with its first day; one that is prepared is taken to be opened by then.
    """
    facts = asked.facts
    if any(obstacle.kind in _FOR_GOOD for obstacle in asked.obstacles):
        return None
    for year in (facts.this, facts.following):
        rule = year and year.rules.get(asked.rule.level_id)
        if rule is None:
            continue
        first = asked.on if year is facts.this else max(asked.on, datetime.date(year.cycle.year, 1, 1))
        for day in _days(asked.site, rule, first, facts, year.deadlines.get(asked.site.area_id)):
            if year is facts.this and day == asked.on:
                continue  # that was the question
            standing = obstacles(Question(asked.site, rule, day, year, facts))
            if year is facts.following:
                standing = (each for each in standing if not _opens_by_then(each, year))
            if next(standing, None) is None:
                return day, year
    return None


def _opens_by_then(obstacle: Obstacle, year: Year) -> bool:
    return obstacle.kind == Hindrance.CYCLE and year.cycle.state == CycleState.PREPARED


def _days(
    site: Site, rule: LevelRule, first: datetime.date, facts: Facts, deadline: datetime.date | None
) -> list[datetime.date]:
    """The first day and those after it on which something turns, up to the last day for filing."""
    if deadline and first > deadline:
        return []
    turning = [
        *turning_days(facts.of(site, rule.required_level_id), rule),
        *turning_days(facts.of(site, rule.level_id), rule),
    ]
    return [first, *sorted({day for day in turning if first < day <= (deadline or day)})]


def _earliest_words(facts: Facts, day: datetime.date, year: Year) -> str:
    if year is facts.this:
        return _("Possible from %(day)s on.") % {"day": lazy_day(day)}
    words = _("Possible from %(day)s on, in the cycle %(year)s.")
    if year.cycle.state == CycleState.PREPARED:
        words = _("Possible from %(day)s on, in the cycle %(year)s, once it is opened.")
    return words % {"day": lazy_day(day), "year": year.cycle.year}
