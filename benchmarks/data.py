"""A scratch database with as many sites as asked for: made up, the same in every run."""

import datetime
import os
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace

SEED = 2017
BATCH = 5_000
ROOT = Path(__file__).resolve().parent.parent
#: How many of a hundred sites hold a plaque of each level, lowest first.
HOLDERS = (60, 25, 5)
#: One application for so many sites, spread over so many years: a year's number is bounded by its quota.
SITES_PER_APPLICATION = 10
YEARS = 10
#: Ten years of a programme begin here; so many of a hundred plaques were taken back since, sites are flagships.
FIRST_DAY = datetime.date(2007, 6, 1)
REVOKED, FLAGSHIPS = 8, 2


@contextmanager
def scratch() -> Iterator[None]:
    """Set Django up in a temporary folder with an empty database that is gone afterwards.

    SQLite unless DATABASE_URL names another server; there a database of its own is made (test_…).
    """
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings.testing"}
        (Path(folder) / "static").mkdir()
        import django

        django.setup()
        from django.db import connection

        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def programme() -> SimpleNamespace:
    """The shipped programme with one person per role that is measured, on a day before its deadline."""
    from accounts import clock
    from accounts.enums import Role
    from applications.models import Cycle
    from programmes.services import load

    clock.set_today(datetime.date(2017, 5, 22))
    load(ROOT / "programmes" / "data" / "xiangtan-2017.yaml")
    cycle = Cycle.objects.select_related("programme__owner").get()
    from sites.selectors import areas_of

    areas = list(areas_of(cycle.programme))
    return SimpleNamespace(
        cycles=[cycle, *_earlier_cycles(cycle)],
        programme=cycle.programme,
        areas=areas,
        categories=list(cycle.programme.categories.all()),
        office=_person("office", Role.OFFICE, cycle.programme.owner),
        leader=_person("leader", Role.LEADER, cycle.programme.owner),
        county=_person("county", Role.UNIT_STAFF, areas[0]),
    )


def _earlier_cycles(cycle) -> list:
    from applications.enums import CycleState
    from applications.models import Cycle

    return Cycle.objects.bulk_create(
        Cycle(
            programme=cycle.programme,
            year=cycle.year - back,
            state=CycleState.CLOSED,
            scheme_title=cycle.scheme_title,
            scheme_number=cycle.scheme_number,
            scheme_issued_on=cycle.scheme_issued_on,
            approval_basis=cycle.approval_basis,
            approved_by=cycle.approved_by,
            approval_number=cycle.approval_number,
        )
        for back in range(1, YEARS)
    )


def _person(username: str, role: str, unit):
    from accounts.models import User
    from accounts.services import create_user, grant_role

    user = create_user(
        actor=None, username=username, title=username, unit=unit, password="Bench-2017!", is_demo=True
    )
    grant_role(actor=None, user=user, role=role, unit=unit, valid_from=datetime.date(2010, 1, 1))
    return User.objects.get(pk=user.pk)


def write(model, rows: Iterable) -> list:
    """Put new rows straight into their table, under ids that follow the last one; `bulk_create` takes several times as
    long."""
    from django.core.management.color import no_style
    from django.db import connection, transaction

    rows = list(rows)
    last = model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for pk, row in enumerate(rows, last + 1):
        row.pk = pk
    columns = [(field.pre_save, _for_column(field)) for field in model._meta.concrete_fields]
    names = ", ".join(connection.ops.quote_name(field.column) for field in model._meta.concrete_fields)
    table, places = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(columns))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places})",
            [[prepared(value_of(row, True)) for value_of, prepared in columns] for row in rows],
        )
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
    return rows


def _for_column(field) -> Callable:
    """What makes the value of a column; days and moments come again and again."""
    from django.db import connection
    from django.db.models import JSONField

    def prepared(value):
        return field.get_db_prep_save(value, connection)

    if isinstance(field, JSONField):
        return prepared
    known: dict = {}

    def remembered(value):
        if type(value) is int or value is None:
            return value
        if value not in known:
            known[value] = prepared(value)
        return known[value]

    return remembered


def fill(scene: SimpleNamespace, sites: int, *, count: bool = True) -> None:
    """Add sites until there are as many as asked for, with plaques and applications, and count them anew.

    Without `count` the journal is left to whoever adds more.
    """
    from django.db import connection

    from sites.models import Site
    from sites.services import recount

    present = Site.objects.count()
    dice = random.Random(SEED + present)
    for start in range(present, sites, BATCH):
        _add(scene, dice, range(start, min(start + BATCH, sites)))
    if count:
        recount(programme=scene.programme)
    if connection.vendor == "postgresql":
        # What autovacuum does in a running installation.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _add(scene: SimpleNamespace, dice: random.Random, numbers: range) -> None:
    from accounts.models import Unit
    from applications.models import Application
    from sites.models import Plaque, Site

    units = {area.pk: list(Unit.objects.within(area)) for area in scene.areas}
    sites = write(Site, (_site(scene, dice, number, units) for number in numbers))
    levels = list(scene.programme.levels.all())
    held = [
        _plaque(dice, site, level)
        for site in sites
        for level, holders in zip(levels, HOLDERS, strict=True)
        if dice.randrange(100) < holders
    ]
    _record(sites, write(Plaque, held))
    applications = [
        _application(scene, dice, site, dice.choice(levels[1:]), scene.cycles[turn // 5 % YEARS])
        for turn, site in enumerate(sites[::SITES_PER_APPLICATION])
    ]
    write(Application, applications)


def _record(sites: list, plaques: list) -> None:
    """What the services would have put on record of them over the years."""
    from sites.enums import ENDED_STATES
    from sites.models import PlaqueRecord, SiteRecord
    from sites.services.records import plaque_record, site_record

    for site in sites:
        site.plaques_in_force = []
    rows = []
    for plaque in plaques:
        plaque.endings, plaque.handled = [], []
        if plaque.state not in ENDED_STATES:
            plaque.site.plaques_in_force.append(plaque)
        row = plaque_record(plaque)
        row.recorded_at = moment_of(plaque.ended_on or plaque.awarded_on)
        rows.append(row)
    write(PlaqueRecord, rows)
    records = [site_record(site) for site in sites]
    for site, row in zip(sites, records, strict=True):
        row.recorded_at = site.registered_at
    write(SiteRecord, records)


@cache
def moment_of(day: datetime.date) -> datetime.datetime:
    """Nine in the morning of a day."""
    from django.utils import timezone

    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(9)))


def _some_day(dice: random.Random, first: datetime.date, days: int) -> datetime.date:
    """The same day of some week: offices enter what has piled up."""
    return first + datetime.timedelta(weeks=dice.randrange(days // 7))


def _site(scene, dice, number: int, units):
    from sites.models import Site

    area = dice.choice(scene.areas)
    return Site(
        programme=scene.programme,
        category=dice.choice(scene.categories),
        area=area,
        unit=dice.choice(units[area.pk]),
        name=f"同心示范点{number:06d}",
        initials=f"txsfd{number:06d}",
        address=f"某路{number}号",
        person_in_charge="主任",
        registered_at=moment_of(_some_day(dice, FIRST_DAY, 7 * 365)),
        is_flagship=dice.randrange(100) < FLAGSHIPS,
    )


def _plaque(dice, site, level):
    from sites.enums import PlaqueOrigin, PlaqueState
    from sites.models import Plaque

    ended = _some_day(dice, datetime.date(2015, 1, 6), 860) if dice.randrange(100) < REVOKED else None
    return Plaque(
        state=PlaqueState.REVOKED if ended else PlaqueState.VALID,
        ended_on=ended,
        site=site,
        level=level,
        number=f"{level.code}-{site.pk}",
        awarded_on=_some_day(dice, datetime.date(2014, 7, 1), 180),
        origin=PlaqueOrigin.AWARDED,
    )


def _application(scene, dice, site, level, cycle):
    from accounts import clock
    from applications.enums import ApplicationState
    from applications.models import Application

    state = dice.choice([state for state in ApplicationState if state != ApplicationState.DRAFT])
    return Application(
        cycle=cycle,
        site=site,
        level=level,
        area=site.area,
        number=f"bench-{site.pk}",
        state=state,
        created_by=scene.county,
        created_at=clock.now(),
        filed_first_at=clock.now(),
        submitted_at=clock.now(),
    )
