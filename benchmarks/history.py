"""Ten years of what is written about sites: figures, money, reviews, coverage, findings, cases, public texts."""

import datetime
import random
from decimal import Decimal
from types import SimpleNamespace

from benchmarks.data import BATCH, SEED, YEARS, moment_of, write

#: So many sites share one that reports figures, has money, was reviewed; was in the press, has a finding, a text for
#: the public, a case.
REPORTING, FUNDED, REVIEWED = 5, 10, 10
COVERED, FAULTY, TOLD, EXEMPLARY = 4, 10, 20, 200
FIGURE_YEARS = (2014, 2015, 2016)


def add_history(scene: SimpleNamespace) -> None:
    """What was written about a part of the sites that have nothing yet."""
    from sites.models import Fund, Site

    done = Fund.objects.order_by("-site_id").values_list("site_id", flat=True).first() or 0
    sites = (
        Site.objects.filter(pk__gt=done)
        .order_by("pk")
        .only("pk", "name", "initials", "area_id", "category_id", "unit_id")
    )
    dice = random.Random(SEED + done)
    batch = []
    for site in sites.iterator(chunk_size=BATCH):
        batch.append(site)
        if len(batch) == BATCH:
            _add(scene, dice, batch)
            batch = []
    _add(scene, dice, batch)


def _add(scene: SimpleNamespace, dice: random.Random, sites: list) -> None:
    _add_counts(scene, dice, sites)
    _add_reviews(scene, dice, sites)
    _add_coverage(scene, dice, sites)
    _add_findings(scene, dice, sites)
    _add_texts(scene, dice, sites)


def _add_counts(scene: SimpleNamespace, dice: random.Random, sites: list) -> None:
    """Figures and money."""
    from sites.life_enums import EntryState
    from sites.models import FigureRecord, Fund

    codes = [figure["code"] for figure in scene.programme.figures[:2]]
    figures = [
        FigureRecord(
            site=site,
            area_id=site.area_id,
            category_id=site.category_id,
            year=year,
            code=code,
            value=dice.randrange(1, 900),
            recorded_at=_moment(year + 1, dice),
        )
        for site in sites[::REPORTING]
        for year in FIGURE_YEARS
        for code in codes
    ]
    years = [scene.cycles[0].year - back for back in range(YEARS)]
    funds = [
        Fund(
            site=site,
            state=EntryState.CONFIRMED,
            name="县级财政",
            amount=Decimal(dice.randrange(1_000, 90_000)),
            purpose="修缮",
            year=(year := dice.choice(years)),
            recorded_at=_moment(year, dice),
        )
        # The last one too: it tells where the next filling goes on.
        for site in [*sites[:-1:FUNDED], *sites[-1:]]
    ]
    write(FigureRecord, figures)
    write(Fund, funds)


def _add_reviews(scene: SimpleNamespace, dice: random.Random, sites: list) -> None:
    from assessments.enums import ReviewState
    from assessments.models import Review

    results = (ReviewState.PASSED, ReviewState.PASSED, ReviewState.PASSED, ReviewState.FAILED)
    reviews = [
        Review(
            cycle=(cycle := dice.choice(scene.cycles)),
            site=site,
            area_id=site.area_id,
            state=(state := dice.choice(results)),
            findings="不合格" if state == ReviewState.FAILED else "",
            opened_at=_moment(cycle.year, dice),
            decided_on=_moment(cycle.year, dice).date(),
        )
        for site in sites[::REVIEWED]
    ]
    write(Review, reviews)


def _add_coverage(scene: SimpleNamespace, dice: random.Random, sites: list) -> None:
    """Pieces in the press, none a reprint, each counted."""
    from publicity.models import CountedCoverage, Coverage

    scheme = scene.cycles[0].publicity
    media, levels = ([each["code"] for each in scheme[key]] for key in ("media", "outlet_levels"))
    pieces = [
        Coverage(
            programme=scene.programme,
            area_id=site.area_id,
            site=site,
            medium=dice.choice(media),
            outlet_level=dice.choice(levels),
            outlet="某日报",
            published_on=(moment := _moment(dice.choice(scene.cycles).year, dice)).date(),
            title=f"走进{site.name}",
            initials=f"zj{site.initials}",
            fingerprint=f"{site.pk:064d}",
            recorded_at=moment,
        )
        for site in sites[::COVERED]
    ]
    counted = [
        CountedCoverage(
            coverage=piece,
            programme=scene.programme,
            area_id=piece.area_id,
            site=piece.site,
            category_id=piece.site.category_id,
            medium=piece.medium,
            outlet_level=piece.outlet_level,
            year=piece.published_on.year,
            counted_from=piece.recorded_at,
        )
        for piece in write(Coverage, pieces)
    ]
    write(CountedCoverage, counted)


def _add_findings(scene: SimpleNamespace, dice: random.Random, sites: list) -> None:
    from supervision.enums import FindingKind, FindingState
    from supervision.models import Escalation, Finding, GroupArea

    groups = dict(GroupArea.objects.values_list("area_id", "group_id"))
    findings = [
        Finding(
            number=f"F-{site.pk}",
            group_id=groups[site.area_id],
            cycle=(cycle := dice.choice(scene.cycles)),
            area_id=site.area_id,
            unit_id=site.unit_id,
            site=site,
            owner_id=site.area_id,
            kind=FindingKind.DEFECT,
            severity="minor",
            severity_name="一般",
            text="活动记录不全，须补齐上半年的签到和照片。",
            due_on=(moment := _moment(cycle.year, dice)).date(),
            first_due_on=moment.date(),
            state=FindingState.CLOSED,
            recorded_by=scene.office,
            recorded_at=moment,
        )
        for site in sites[::FAULTY]
    ]
    write(Escalation, [Escalation(finding=finding) for finding in write(Finding, findings)])


def _add_texts(scene: SimpleNamespace, dice: random.Random, sites: list) -> None:
    """Released texts of sites, and exemplary cases without one."""
    from publicity.enums import CaseState, StoryState
    from publicity.models import ExemplaryCase, Story

    stories = [
        Story(
            site=site,
            area_id=site.area_id,
            title=f"{site.name}的一年",
            summary="邻里一起把院子修好了。",
            text="邻里一起把院子修好了。\n\n" * 10,
            state=StoryState.RELEASED,
            written_at=(moment := _moment(dice.choice(scene.cycles).year, dice)),
            released_at=moment,
        )
        for site in sites[::TOLD]
    ]
    cases = [
        ExemplaryCase(
            cycle=(cycle := dice.choice(scene.cycles)),
            area_id=site.area_id,
            site=site,
            title=f"{site.name}的议事会",
            initials=f"{site.initials}dysh",
            summary="有事大家商量。",
            text="有事大家商量。",
            state=CaseState.SELECTED,
            written_at=_moment(cycle.year, dice),
        )
        for site in sites[::EXEMPLARY]
    ]
    write(Story, stories)
    write(ExemplaryCase, cases)


def _moment(year: int, dice: random.Random) -> datetime.datetime:
    day = datetime.date(min(year, 2017), dice.randrange(1, 5), dice.randrange(1, 28))
    return moment_of(day)
