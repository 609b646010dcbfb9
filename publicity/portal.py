"""What the public may know of sites, cases, plaques and dates: public pages, feeds, downloads and pictures read here.

Nothing but plain values leaves this module: what a page is not given it cannot show by mistake.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Unit
from applications.deadlines import effective_date
from applications.enums import CycleState
from applications.models import Cycle, Milestone
from publicity.enums import CaseState
from publicity.models import Story, StoryPhoto
from publicity.selectors import public_notices, public_plaques
from sites.enums import IN_FORCE_STATES, PlaqueState, SiteState
from sites.life_enums import EntryState
from sites.models import Category, Level, Photo, Plaque, Programme

#: Rows of a download in memory together.
_CHUNK = 2_000
#: What the ledger reads of a plaque; the days are those `_since` asks for.
_LEDGER = (
    "number", "level_id", "site__name", "site__category_id", "site__area_id", "check_code", "public_state",
    "awarded_on", "ended_on", "valid_until", "suspended_since",
)  # fmt: skip


@dataclass(frozen=True)
class PublicPicture:
    """A photo of a released story; addresses of the public view, sizes in pixels."""

    url: str
    small_url: str
    caption: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class PublicPlaque:
    """A plaque as the check page tells it; `since` is the day its state began."""

    number: str
    level: str
    site: str
    category: str
    area: str
    awarded_on: datetime.date
    state: str
    state_words: str
    since: datetime.date
    check_url: str

    @property
    def is_valid(self) -> bool:
        return self.state in IN_FORCE_STATES


@dataclass(frozen=True)
class PublicStory:
    """A released text with its photos, of a site (`category` and `site` say which) or of an exemplary case (`year`)."""

    url: str
    title: str
    summary: str
    text: str
    area: str
    programme: str
    released_at: datetime.datetime
    pictures: tuple[PublicPicture, ...]
    site: str = ""
    site_url: str = ""
    category: str = ""
    year: int | None = None
    plaques: tuple[PublicPlaque, ...] = ()

    @property
    def levels(self) -> list[str]:
        """The levels whose plaque the site holds, each once."""
        return list(dict.fromkeys(plaque.level for plaque in self.plaques if plaque.is_valid))


@dataclass(frozen=True)
class PublicNotice:
    site: str
    level: str
    area: str
    starts_on: datetime.date
    ends_on: datetime.date


@dataclass(frozen=True)
class PublicDate:
    """A day of the programme's year everybody may know. `key` stays the same when words or day change."""

    key: str
    day: datetime.date
    words: str
    url: str


# --- stories ----------------------------------------------------------------------------------------------------


def _released():
    """Released stories of sites that are kept up and of selected cases; nothing else of either ever shows."""
    shown = Q(site__state=SiteState.ACTIVE) | Q(case__state=CaseState.SELECTED)
    return (
        Story.objects.released()
        .filter(shown)
        .select_related("area", "site__category", "site__area", "site__programme", "case__cycle__programme")
    )


def _pictures():
    """Photos of released stories, but for those that were taken out of the site's gallery since."""
    taken_out = Photo.objects.filter(
        site=OuterRef("story__site"), image=OuterRef("image"), state=EntryState.WITHDRAWN
    )
    return StoryPhoto.objects.released().exclude(Exists(taken_out))


def site_stories(*, words: str = "", area: Unit | None = None, category=None, level: Level | None = None):
    """Stories of published sites, the newest first; to be cut into pages and handed to `told`."""
    rows = _released().filter(site__isnull=False)
    if words := words.strip():
        rows = rows.filter(
            Q(title__icontains=words)
            | Q(site__name__icontains=words)
            | Q(site__initials__startswith=words.lower())
        )
    if area is not None:
        rows = rows.filter(site__area=area)
    if category is not None:
        rows = rows.filter(site__category=category)
    if level is not None:
        held = public_plaques().filter(site=OuterRef("site"), level=level, public_state__in=IN_FORCE_STATES)
        rows = rows.filter(Exists(held))
    return rows.order_by("-released_at", "-id")


def case_stories():
    """Stories of published cases, the newest first; to be cut into pages and handed to `told`."""
    return _released().filter(case__isnull=False).order_by("-released_at", "-id")


def told(stories) -> list[PublicStory]:
    """Some stories (a slice of the querysets above) as plain values; three queries whatever their number."""
    rows = list(stories.prefetch_related(Prefetch("photos", _pictures(), to_attr="public_photos")))
    plaques: dict[int, list[PublicPlaque]] = {}
    held = public_plaques().filter(site__in=[row.site_id for row in rows if row.site_id])
    for plaque in held.order_by("level__rank", "awarded_on", "id"):
        plaques.setdefault(plaque.site_id, []).append(_plaque(plaque))
    return [_story(row, row.public_photos, plaques.get(row.site_id, [])) for row in rows]


def site_story(site_pk: int) -> PublicStory | None:
    """The page of a site; None where the site has no released story."""
    return next(iter(told(site_stories().filter(site__pk=site_pk)[:1])), None)


def case_story(case_pk: int) -> PublicStory | None:
    """The page of a case; None where the case has no released story."""
    return next(iter(told(case_stories().filter(case__pk=case_pk)[:1])), None)


def as_it_would_be(story: Story, picture_address: str, small_address: str) -> PublicStory:
    """A story before its release, as the public would read it; pictures at addresses of the inner view."""
    plaques = public_plaques().filter(site=story.site_id or 0).order_by("level__rank", "awarded_on", "id")
    return _story(
        story, story.photos.all(), [_plaque(one) for one in plaques], picture_address, small_address
    )


def picture_file(pk: int, *, small: bool):
    """The stored file of a photo of a released story; None for every other number."""
    photo = _pictures().filter(pk=pk, story__in=_released()).first()
    if photo is None:
        return None
    return photo.thumbnail if small else photo.image


def addresses() -> Iterator[tuple[str, datetime.datetime]]:
    """The address of every published page of a site or case, and when it was released."""
    rows = _released().order_by("id").values_list("site_id", "case_id", "released_at")
    for site, case, released_at in rows.iterator(chunk_size=_CHUNK):
        yield _address(site, case), released_at


def _address(site_pk: int | None, case_pk: int | None) -> str:
    if site_pk:
        return reverse("publicity:portal_site", args=[site_pk])
    return reverse("publicity:portal_case", args=[case_pk])


def _story(
    story: Story,
    photos,
    plaques: list[PublicPlaque],
    picture_address: str = "publicity:portal_photo",
    small_address: str = "publicity:portal_thumbnail",
) -> PublicStory:
    pictures = tuple(
        PublicPicture(
            url=reverse(picture_address, args=[photo.pk]),
            small_url=reverse(small_address, args=[photo.pk]),
            caption=photo.caption,
            alt=photo.alt,
            width=photo.width,
            height=photo.height,
        )
        for photo in photos
    )
    site, case = story.site, story.case
    return PublicStory(
        url=_address(story.site_id, story.case_id),
        title=story.title,
        summary=story.summary,
        text=story.text,
        area=str(site.area if site else story.area),
        programme=str(site.programme if site else case.cycle.programme),
        released_at=story.released_at or clock.now(),
        pictures=pictures,
        site=site.name if site else "",
        category=str(site.category) if site else "",
        year=None if site else case.cycle.year,
        plaques=tuple(plaques),
    )


# --- plaques ----------------------------------------------------------------------------------------------------


def ledger() -> Iterator[PublicPlaque]:
    """All plaques the public may check, by number of the row; read some thousands at a time.

    Whole plaques with all they belong to take ten times as long: names come from a table, addresses from one pattern.
    """
    levels, categories, areas = _names(Level), _names(Category), _names(Unit)
    words = {state.value: str(state.label) for state in PlaqueState}
    before, _code, after = reverse("publicity:plaque", args=["0"]).rpartition("0")
    rows = public_plaques().order_by("pk").values_list(*_LEDGER)
    for number, level, site, category, area, code, state, *days in rows.iterator(chunk_size=_CHUNK):
        yield PublicPlaque(
            number=number,
            level=levels[level],
            site=site,
            category=categories[category],
            area=areas[area],
            awarded_on=days[0],
            state=state,
            state_words=words[state],
            since=_since(state, *days),
            check_url=f"{before}{code}{after}",
        )


def _names(model) -> dict[int, str]:
    return {row.pk: str(row) for row in model.objects.order_by()}


def _plaque(plaque: Plaque) -> PublicPlaque:
    state = plaque.public_state
    return PublicPlaque(
        number=plaque.number,
        level=str(plaque.level),
        site=plaque.site.name,
        category=str(plaque.site.category),
        area=str(plaque.site.area),
        awarded_on=plaque.awarded_on,
        state=state,
        state_words=str(PlaqueState(state).label),
        since=_since(state, plaque.awarded_on, plaque.ended_on, plaque.valid_until, plaque.suspended_since),
        check_url=reverse("publicity:plaque", args=[plaque.check_code]),
    )


def _since(
    state: str,
    awarded_on: datetime.date,
    ended_on: datetime.date | None,
    valid_until: datetime.date | None,
    suspended_since: datetime.date | None,
) -> datetime.date:
    """The day since which a plaque is what it is now."""
    if state == PlaqueState.EXPIRED:
        return valid_until + datetime.timedelta(days=1)
    if state == PlaqueState.SUSPENDED and suspended_since:
        return suspended_since
    return ended_on or awarded_on


# --- what to choose from, programmes, notices, dates ------------------------------------------------------------


def published_areas():
    """Counties and parks with a published site."""
    return Unit.objects.areas().filter(Exists(_released().filter(site__area=OuterRef("pk"))))


def published_categories():
    """Categories with a published site."""
    return Category.objects.filter(Exists(_released().filter(site__category=OuterRef("pk"))))


def published_levels():
    """Levels of the programmes with a published site."""
    return Level.objects.filter(Exists(_released().filter(site__programme=OuterRef("programme"))))


def programmes() -> list[Programme]:
    """The programmes whose year is or was open, in their order; only name and owner are shown of them."""
    begun = Cycle.objects.filter(programme=OuterRef("pk")).exclude(state=CycleState.PREPARED)
    return list(Programme.objects.filter(Exists(begun)).select_related("owner").order_by("id"))


def running_notices() -> list[PublicNotice]:
    """The public notices that run today, those that end first at the front."""
    return _notices(
        public_notices(clock.today()).filter(ends_on__gte=clock.today()).order_by("ends_on", "id")
    )


def latest_notices(most: int) -> list[PublicNotice]:
    """The public notices that began last."""
    return _notices(public_notices(clock.today()).order_by("-starts_on", "-id")[:most])


def _notices(rows) -> list[PublicNotice]:
    return [
        PublicNotice(
            site=notice.site_name,
            level=str(notice.assessment.application.level),
            area=str(notice.assessment.application.area),
            starts_on=notice.starts_on,
            ends_on=notice.ends_on,
        )
        for notice in rows
    ]


def public_dates() -> list[PublicDate]:
    """The dates of the open years as the schemes set them, and the last days of running notices, day by day."""
    milestones = Milestone.objects.filter(cycle__state=CycleState.OPEN).select_related("cycle__programme")
    found = [
        PublicDate(
            key=f"milestone:{milestone.pk}",
            day=effective_date(milestone),
            words=f"{milestone} · {milestone.cycle}",
            url=reverse("publicity:portal"),
        )
        for milestone in milestones.order_by("due_on", "id")
    ]
    for number, notice in enumerate(running_notices()):
        words = _("Last day of the public notice: %(site)s") % {"site": notice.site}
        key = f"notice:{notice.site}:{notice.starts_on.isoformat()}:{number}"
        found.append(PublicDate(key, notice.ends_on, words, reverse("publicity:notices")))
    return sorted(found, key=lambda date: date.day)
