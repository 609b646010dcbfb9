"""What pages cost: a list beside its own queries, a person's scope beside a list of ids, the overview."""

from types import SimpleNamespace

from benchmarks import eligibility
from benchmarks.data import fill, programme
from benchmarks.timing import Line, medians

SIZES = (1_000, 10_000, 100_000)


def run(sizes=SIZES) -> list[Line]:
    """Measure all pages; the list and the scope at the largest size."""
    scene = programme()
    overview, answers = {}, []
    for size in sizes:
        fill(scene, size)
        if size <= eligibility.MOST:
            answers = eligibility.run(scene, size)
        overview[size] = medians(
            _page(scene.leader, "dashboard:overview"), _page(scene.leader, "accounts:password")
        )
    least = min(sizes)
    lines = [_list_page(scene, max(sizes)), *_scope(scene, max(sizes)), *answers]
    for size, (seconds, plain) in overview.items():
        # Minutes lie between the sizes. A page without figures tells how much the machine itself has slowed.
        first, plain_then = overview[least]
        floor = first * plain / plain_then
        lines.append(Line(f"overview at {size:,} sites", seconds, f"itself at {least:,}", floor, "≤ 1.2"))
    return lines


def _page(user, name: str):
    """A function that loads a page once, with everything from the session to the rendered text."""
    from django.test import Client
    from django.urls import reverse

    client, url = Client(), reverse(name)
    client.force_login(user)

    def load():
        response = client.get(url)
        assert response.status_code == 200

    return load


def _list_page(scene: SimpleNamespace, size: int) -> Line:
    page, queries = _page(scene.office, "sites:list"), _list_queries(scene.office)
    asked, alone = _count(page), _count(queries)
    if asked != alone:
        print(f"The page asks {asked} queries, its floor {alone}: mend benchmarks/pages.py.")
    seconds, floor = medians(page, queries)
    return Line(f"list page, 25 of {size:,} sites", seconds, f"its own {alone} ORM queries", floor, "≤ 4")


def _list_queries(user):
    """A function that asks the database what the list page asks, by the same querysets, and no more."""
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.lists import PER_PAGE
    from accounts.models import Unit, User
    from accounts.scope import reached_unit_ids
    from notices.models import Message
    from sites.models import Category, Level
    from sites.selectors import sites_for_list

    session = SessionStore()
    session.create()

    def ask():
        SessionStore(session.session_key).load()
        person = User.objects.get(pk=user.pk)
        rows = sites_for_list(person)
        rows.count()
        list(rows[:PER_PAGE])
        list(Unit.objects.areas().filter(pk__in=reached_unit_ids(person)))
        list(Category.objects.all())
        list(Level.objects.all())
        Message.objects.filter(recipient=person).unread().count()
        str(person.unit)

    return ask


def _count(job) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    job()
    with CaptureQueriesContext(connection) as queries:
        job()
    return len(queries)


def _scope(scene: SimpleNamespace, size: int) -> list[Line]:
    """The page query of a county's person: with roles already read in this request, and from nothing."""
    from accounts.lists import PER_PAGE
    from accounts.models import User
    from accounts.scope import reached_unit_ids
    from sites.models import Site

    ids = list(reached_unit_ids(scene.county))

    def by_ids():
        list(Site.objects.filter(unit_id__in=ids)[:PER_PAGE])

    def by_person():
        list(Site.objects.visible_to(scene.county)[:PER_PAGE])

    def from_nothing():
        list(Site.objects.visible_to(User(pk=scene.county.pk))[:PER_PAGE])

    floor, known, cold = medians(by_ids, by_person, from_nothing)
    job = f"scoping a page of {size:,} sites to a person"
    return [
        Line(job, known, "a list of unit ids", floor, "≤ 1.2"),
        Line(f"{job}, roles read anew", cold, "a list of unit ids", floor, ""),
    ]
