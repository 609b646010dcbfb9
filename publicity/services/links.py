"""The weekly look at links, and the pages kept for the day they are gone.

Looks may be killed at any point and run side by side: an entry is claimed by compare-and-set, and a claim that was
left lapses. Silence counts only once something has answered: with this side's line down all links look dead.
"""

import datetime
import logging
import time
from itertools import zip_longest
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.errors import require
from accounts.services import record
from notices.services import notify
from publicity.coverage_rules import why_not_change
from publicity.coverage_selectors import OFFLINE, offline_since
from publicity.enums import CoverageState, LinkState
from publicity.kept_pages import KeptPage, kept_page
from publicity.links import FORBIDDEN, ODD, Answer, fetch, look
from publicity.models import Coverage, LinkCheck
from sites.as_of import end_of

logger = logging.getLogger(__name__)

FETCH_TASK = "publicity.tasks.keep_page"
#: The fields of an entry whose link is new: what was found out about another says nothing of this one.
UNSEEN_LINK = {
    "link_state": LinkState.UNCHECKED,
    "link_checked_at": None,
    "link_claimed_at": None,
    "snapshot": "",
    "snapshot_at": None,
}
#: Days between two looks; one that failed is looked at again the next day, so that two failures lie on two days.
_EVERY, _AGAIN = 7, 1
#: After so long a claim is taken for left by a process that ended.
_LEASE = datetime.timedelta(minutes=50)
#: Seconds after which a run leaves the rest to the next.
_LONGEST = 15 * 60
#: So many silent links one after another, and the rest of the run waits for a better line.
_ENOUGH = 10
#: Links known to open that are asked when all others were silent.
_WITNESSES = 3
#: Pages fetched in one run, of entries whose own task was lost.
_PAGES = 20


def check_links(*, limit: int | None = None) -> int:
    """Look at the links that are due, at most `limit` (settings.LINK_CHECKS_A_RUN); returns how many were looked at.

    Where no link of the run and none known to open answers, nothing is said of any: the trail notes once that the
    internet is out of reach from here.
    """
    silent: list[tuple[Coverage, Answer]] = []
    asked: dict[str, float] = {}
    answered, looked, began = False, 0, time.monotonic()
    for entry in _in_turn(_due()[: limit or settings.LINK_CHECKS_A_RUN]):
        if not _claim(entry):
            continue
        _pause(entry.url, asked)
        answer = _heard(look, entry.url)
        looked += 1
        answered = answered or answer.status is not None
        if answer.is_silence and not answered:
            silent.append((entry, answer))
        else:
            _keep(entry, answer)
        if (not answered and len(silent) >= _ENOUGH) or time.monotonic() - began > _LONGEST:
            break
    if silent and (answered or _a_witness_answers(silent, asked)):
        for entry, answer in silent:
            _keep(entry, answer)
    elif silent:
        _note_offline(len(silent))
    return looked


def _heard(ask, url: str) -> Answer:
    """What a page answers; one whose answer nobody foresaw did not open, and keeps no other from being asked."""
    try:
        return ask(url)
    except Exception:
        logger.exception("This link could not be opened: %s", url)
        return Answer(None, ODD)


def _due():
    """Entries whose link is to be looked at by now and is not being looked at, the longest waiting first."""
    today = clock.today()
    old = Q(link_checked_at__lte=end_of(today - datetime.timedelta(days=_EVERY)))
    failed = Q(
        link_state=LinkState.FAILING,
        link_checked_at__lte=end_of(today - datetime.timedelta(days=_AGAIN)),
    )
    rows = Coverage.objects.filter(Q(link_checked_at=None) | old | failed, state=CoverageState.RECORDED)
    # What was silent the last time comes after what nobody has asked yet.
    rows = rows.filter(_unclaimed()).exclude(url="")
    return rows.order_by(F("link_claimed_at").asc(nulls_first=True), "link_checked_at", "pk")


def _unclaimed() -> Q:
    return Q(link_claimed_at=None) | Q(link_claimed_at__lt=clock.now() - _LEASE)


def _in_turn(entries) -> list[Coverage]:
    """Entries so that those of one outlet do not stand together."""
    hosts: dict[str, list[Coverage]] = {}
    for entry in entries:
        hosts.setdefault(_host(entry.url), []).append(entry)
    return [entry for turn in zip_longest(*hosts.values()) for entry in turn if entry is not None]


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _claim(entry: Coverage) -> bool:
    """Take an entry for looking; False when somebody else has it or has looked since."""
    rows = Coverage.objects.filter(pk=entry.pk, url=entry.url, link_checked_at=entry.link_checked_at)
    return rows.filter(_unclaimed()).update(link_claimed_at=clock.now()) == 1


def _pause(url: str, asked: dict[str, float]) -> None:
    """Leave an outlet some time between two questions."""
    host = _host(url)
    wait = asked.get(host, 0) + settings.LINK_CHECK_PAUSE - time.monotonic()
    if host in asked and wait > 0:
        time.sleep(wait)
    asked[host] = time.monotonic()


def _a_witness_answers(silent, asked: dict[str, float]) -> bool:
    """Whether one of some links of other outlets that opened the last time answers now."""
    rows = Coverage.objects.filter(state=CoverageState.RECORDED, link_state=LinkState.ALIVE).exclude(url="")
    hosts = {_host(entry.url) for entry, _answer in silent}
    urls = rows.order_by("-link_checked_at").values_list("url", flat=True)[:200]
    others = {_host(url): url for url in urls if _host(url) not in hosts}
    for url in list(others.values())[:_WITNESSES]:
        _pause(url, asked)
        if _heard(look, url).status is not None:
            return True
    return False


@transaction.atomic
def _keep(seen: Coverage, answer: Answer) -> None:
    """Write down one look, and what the link is by now."""
    entry = Coverage.objects.select_for_update(of=("self",)).filter(pk=seen.pk, url=seen.url).first()
    if entry is None or entry.link_checked_at != seen.link_checked_at:
        return  # another link by now, or looked at meanwhile by somebody who took this run for dead
    now = clock.now()
    before = entry.link_state
    entry.link_state = _state_after(entry, answer)
    entry.link_checked_at, entry.link_claimed_at = now, None
    entry.save(update_fields=["link_state", "link_checked_at", "link_claimed_at"])
    LinkCheck.objects.create(
        coverage=entry, checked_at=now, opened=answer.opens, status=answer.status, note=answer.note
    )
    if entry.link_state == LinkState.DEAD != before:
        _tell(entry)


def _state_after(entry: Coverage, answer: Answer) -> str:
    if answer.opens:
        return LinkState.ALIVE
    if answer.note == FORBIDDEN:
        return entry.link_state  # not ours to look at: that says nothing about the page
    if entry.link_state == LinkState.FAILING and timezone.localdate(entry.link_checked_at) < clock.today():
        return LinkState.DEAD
    return entry.link_state if entry.link_state == LinkState.DEAD else LinkState.FAILING


def _tell(entry: Coverage) -> None:
    if entry.recorded_by is None:
        return
    body = gettext_lazy(
        "It did not open on two days. Look whether the page has moved; the page kept still opens from the entry."
    )
    if not entry.snapshot and not entry.file:
        body = gettext_lazy(
            "It did not open on two days and no page was kept. Look whether it has moved, or add a picture or PDF."
        )
    notify(
        recipients=[entry.recorded_by],
        subject=format_lazy(gettext_lazy("A link no longer opens: {title}"), title=entry.title),
        body=body,
        url=reverse("publicity:coverage_entry", args=[entry.pk]),
    )


def _note_offline(number: int) -> None:
    """Nothing was learnt: the claims lapse by themselves, and the trail says once that nothing can be reached."""
    if offline_since() is None:
        record(action=OFFLINE, actor=None, links=number)


# --- pages kept ---------------------------------------------------------------------------------------------


def fetch_soon(coverage: Coverage) -> None:
    """Have the page behind an entry's link kept, once this commits."""
    if coverage.url and coverage.snapshot_at is None:
        transaction.on_commit(lambda: current_app.send_task(FETCH_TASK, args=[coverage.pk]), robust=True)


def fetch_page(*, coverage_id: int) -> bool:
    """Fetch the page behind a link and keep it; returns whether something was kept. Safe to run twice.

    Where nothing can be kept the entry says so, and whoever keeps the register adds a picture or PDF.
    """
    rows = Coverage.objects.filter(pk=coverage_id, snapshot_at=None, state=CoverageState.RECORDED)
    seen = rows.exclude(url="").first()
    if seen is None:
        return False
    page = _page_of(seen)
    with transaction.atomic():
        entry = rows.select_for_update(of=("self",)).filter(url=seen.url).first()
        if entry is None:
            return False
        entry.snapshot_at = clock.now()
        if page is not None:
            entry.snapshot.save(page.name, ContentFile(page.content), save=False)
        entry.save(update_fields=["snapshot", "snapshot_at"])
        record(action="coverage.keep", actor=None, obj=entry, unit=entry.area, kept=page is not None)
    return page is not None


def _page_of(entry: Coverage) -> KeptPage | None:
    """What can be kept of the page behind a link; nothing of one nobody foresaw, so that it is not asked for ever."""
    try:
        return kept_page(_heard(fetch, entry.url))
    except Exception:
        logger.exception("The page of entry %s could not be kept", entry.pk)
        return None


def fetch_missing() -> int:
    """Fetch the pages of entries nobody has tried yet: imported ones, and those whose own task was lost."""
    since = clock.now() - datetime.timedelta(minutes=5)
    rows = Coverage.objects.filter(snapshot_at=None, state=CoverageState.RECORDED, recorded_at__lte=since)
    ids = list(rows.exclude(url="").order_by("pk").values_list("pk", flat=True)[:_PAGES])
    return sum(fetch_page(coverage_id=pk) for pk in ids)


@transaction.atomic
def fetch_again(*, actor, coverage: Coverage) -> None:
    """Try once more to keep a page that could not be kept."""
    entry = Coverage.objects.select_for_update(of=("self",)).select_related("programme__owner", "area")
    entry = entry.get(pk=coverage.pk)
    require(why_not_change(actor, entry))
    if entry.snapshot or not entry.url:
        return
    entry.snapshot_at = None
    entry.save(update_fields=["snapshot_at"])
    record(action="coverage.keep", actor=actor, obj=entry, unit=entry.area)
    fetch_soon(entry)
