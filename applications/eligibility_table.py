"""Who may apply for what: all sites a person may see, at each level applied for, answered a page at a time."""

import datetime
from functools import cached_property

from django.db.models import QuerySet

from applications.eligibility import Eligibility, answer, gather
from applications.models import Cycle, LevelRule
from sites.models import Level, Site


class EligibilityTable:
    """A sequence of answers, one for each site and level, that a paginator cuts its page from.

    While nothing but the sites and the level is filtered, only the page asked for is worked out. A filter on the
    answers needs all of them: some seconds' worth of rules for ten thousand sites, in the same number of queries.
    """

    def __init__(
        self,
        sites: QuerySet[Site],
        cycle: Cycle,
        *,
        on: datetime.date,
        assume_next: bool = False,
        level: Level | None = None,
        kind: str = "",
        why: str = "",
    ):
        """`kind` keeps only rows with that answer (`Answer`), `why` only those with that reason (`Hindrance`)."""
        self.sites = sites.prefetch_related("category", "area", "merged_into")
        self.cycle, self.on, self.assume_next = cycle, on, assume_next
        self.level, self.kind, self.why = level, kind, why

    @cached_property
    def rules(self) -> list[LevelRule]:
        """The rules of the levels that are applied for, lowest first."""
        rules = self.cycle.level_rules.exclude(quota=None).select_related("level").order_by("level__rank")
        return [rule for rule in rules if self.level is None or rule.level_id == self.level.pk]

    def __len__(self) -> int:
        if self.kind or self.why:
            return len(self._chosen)
        return self._site_count * len(self.rules)

    def __getitem__(self, place: slice) -> list[Eligibility]:
        if self.kind or self.why:
            return self._chosen[place]
        start, stop, _step = place.indices(len(self))
        width = len(self.rules)
        if stop <= start:
            return []
        first = start // width
        rows = self._answers(list(self.sites[first : -(-stop // width)]))
        return rows[start - first * width : stop - first * width]

    def everything(self) -> list[Eligibility]:
        """All rows, for the export."""
        return self._chosen if self.kind or self.why else self._answers(self.sites)

    @cached_property
    def _site_count(self) -> int:
        return self.sites.count()

    @cached_property
    def _chosen(self) -> list[Eligibility]:
        return [row for row in self._answers(self.sites) if self._fits(row)]

    def _fits(self, row: Eligibility) -> bool:
        return (not self.why or self.why in row.kinds) and (not self.kind or row.kind == self.kind)

    def _answers(self, sites) -> list[Eligibility]:
        asked = sites.order_by() if isinstance(sites, QuerySet) else sites
        facts = gather(asked, self.cycle, assume_next=self.assume_next)
        levels = [rule.level_id for rule in self.rules]
        return [answer(site, level_id, self.on, facts) for site in sites for level_id in levels]
