"""What machines read of the public portal: ledger, feed, calendar, sitemap, robots.txt. All from publicity.portal."""

import csv
import datetime
import hashlib
import io
import json
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts import clock
from accounts.hidden import without_hidden
from publicity import portal
from publicity.portal_cache import Asked, published_file
from publicity.portal_downloads import published_download

#: How many stories and how many notices a feed holds.
_NEWEST = 20
_ONE_DAY = datetime.timedelta(days=1)
#: What a spreadsheet would take for a formula at the beginning of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: The pages that are always there.
PLACES = (
    "publicity:portal",
    "publicity:portal_sites",
    "publicity:portal_cases",
    "publicity:portal_figures",
    "publicity:notices",
    "publicity:plaque_check",
    "publicity:taken_back",
)


# --- the public ledger ------------------------------------------------------------------------------------------


@published_download("plaques", "csv", "text/csv; charset=utf-8")
def ledger_csv():
    """The public ledger of plaques as a table of text (UTF-8 with mark, so that Excel reads it), row by row."""
    yield "\ufeff" + _line(
        _("Number"), _("Level"), _("Site"), _("Category"), _("County or park"), _("Awarded on"), _("State"),
        _("In this state since"),
    )  # fmt: skip
    for row in portal.ledger():
        yield _line(
            row.number, row.level, row.site, row.category, row.area, row.awarded_on.isoformat(),
            row.state_words, row.since.isoformat(),
        )  # fmt: skip


@published_download("plaques", "json", "application/json")
def ledger_json():
    """The public ledger of plaques for programs: {"as_of": day, "plaques": […]}, row by row."""
    yield f'{{"as_of": "{clock.today().isoformat()}", "plaques": ['
    between = "\n"
    for row in portal.ledger():
        yield between + json.dumps(
            {
                "number": row.number,
                "level": row.level,
                "site": row.site,
                "category": row.category,
                "area": row.area,
                "awarded_on": row.awarded_on.isoformat(),
                "state": row.state,
                "since": row.since.isoformat(),
                "check": f"{settings.PUBLIC_ADDRESS}{row.check_url}",
            },
            ensure_ascii=False,
        )
        between = ",\n"
    yield "\n]}\n"


def _line(*cells: str) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(f"'{cell}" if str(cell).startswith(_FORMULA) else cell for cell in cells)
    return line.getvalue()


# --- feed and calendar ------------------------------------------------------------------------------------------


@published_file("application/atom+xml; charset=utf-8")
def feed(asked: Asked) -> bytes:
    """The newest stories and public notices as an Atom feed (RFC 4287)."""
    root, title = settings.PUBLIC_ADDRESS, _("Demonstration sites: news")
    atom = Atom1Feed(
        title=title,
        author_name=title,  # a feed without any author is none (RFC 4287, 4.1.1)
        link=f"{root}{reverse('publicity:portal')}",
        description="",
        language=get_language(),
        feed_url=f"{root}{asked.path}",
        feed_guid=f"{root}{reverse('publicity:portal')}",
    )
    for moment, title, link, summary, key in sorted(_news(), key=lambda item: item[0], reverse=True):
        atom.add_item(
            title=without_hidden(title), link=f"{root}{link}", description=without_hidden(summary),
            unique_id=f"{root}{link}#{key}",
            pubdate=moment, updateddate=moment,
        )  # fmt: skip
    return atom.writeString("utf-8").encode()


def _news():
    """(when, title, address, summary, key) of stories and notices."""
    stories = portal.told(portal.site_stories()[:_NEWEST]) + portal.told(portal.case_stories()[:_NEWEST])
    for story in stories:
        moment = timezone.localtime(story.released_at)
        yield moment, story.title, story.url, story.summary, f"{moment:%Y%m%dT%H%M%S}"
    for notice in portal.latest_notices(_NEWEST):
        moment = timezone.make_aware(datetime.datetime.combine(notice.starts_on, datetime.time()))
        title = _("Public notice: %(site)s (%(level)s)") % {"site": notice.site, "level": notice.level}
        summary = _("%(area)s. Objections until %(day)s.") % {
            "area": notice.area,
            "day": date_format(notice.ends_on, "DATE_FORMAT"),
        }
        key = hashlib.sha256(f"{notice.site}:{notice.level}:{notice.starts_on}".encode()).hexdigest()[:16]
        yield moment, title, reverse("publicity:notices"), summary, key


@published_file("text/calendar; charset=utf-8")
def calendar(asked: Asked) -> bytes:
    """The dates of the year as an iCalendar file (RFC 5545), whole days without alarms."""
    found = Calendar()
    found.add("prodid", "-//Demonstration sites//Public dates//")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", _("Demonstration sites: dates"))
    host = urlsplit(settings.PUBLIC_ADDRESS).hostname or "localhost"
    for date in portal.public_dates():
        event = Event()
        event.add("uid", f"{hashlib.sha256(date.key.encode()).hexdigest()[:32]}@{host}")
        event.add("dtstamp", clock.now())
        event.add("dtstart", date.day)
        event.add("dtend", date.day + _ONE_DAY)
        event.add("summary", date.words)
        event.add("url", f"{settings.PUBLIC_ADDRESS}{date.url}")
        event.add("transp", "TRANSPARENT")
        found.add_component(event)
    return found.to_ical()


# --- for search engines -----------------------------------------------------------------------------------------


class _Pages(Sitemap):
    """All public pages: those always there, and those of sites and cases."""

    def items(self):
        return [(reverse(name), None) for name in PLACES] + list(portal.addresses())

    def location(self, item):
        return item[0]

    def lastmod(self, item):
        return item[1]


class _Here:
    """What a sitemap asks of a site: the host in front of every address."""

    def __init__(self):
        address = urlsplit(settings.PUBLIC_ADDRESS)
        self.domain = self.name = address.netloc
        self.scheme = address.scheme


@published_file("application/xml; charset=utf-8")
def sitemap(asked: Asked) -> str:
    """The sitemap (sitemaps.org), at most 50,000 addresses to a part; ?p= asks for a later one."""
    here = _Here()
    try:
        urls = _Pages().get_urls(page=asked.query.get("p", 1), site=here, protocol=here.scheme)
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    return render_to_string("sitemap.xml", {"urlset": urls})


@published_file("text/plain; charset=utf-8")
def robots(asked: Asked) -> str:
    """What search engines may read: the public pages, not the forms and not the rest."""
    address = f"{settings.PUBLIC_ADDRESS}{reverse('publicity:sitemap')}"
    parts = "".join(f"Sitemap: {address}?p={number}\n" for number in _Pages().paginator.page_range)
    closed = "".join(
        f"Disallow: {reverse(name)}\n" for name in ("publicity:outcome", "publicity:objection_received")
    )
    return f"User-agent: *\nAllow: {reverse('publicity:portal')}\n{closed}Disallow: /\n{parts}"
