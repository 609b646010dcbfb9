"""What all tests share: the Xiangtan programme as shipped, its people, and the clock.

Two counties, a second city and its province-level neighbour stand ready, because a permission test without a
neighbour proves nothing.
"""

import datetime
import functools
import gc
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.utils import translation

from accounts import append_only, clock
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from accounts.services import create_unit, create_user, grant_role
from applications.models import Cycle
from programmes.files import read
from sites.models import Category, Level, Programme
from sites.services import register_site
from tests import emptying, standing
from tests.loaded import known_people, load_again, people_again

PASSWORD = "Test-2017!"
XIANGTAN = settings.BASE_DIR / "programmes" / "data" / "xiangtan-2017.yaml"
LOADED_ON = datetime.date(2017, 5, 22)


#: What takes longest begins first, so that no process is left alone with it at the end; the rest stays shuffled.
LONGEST = ("tests/browser/", "tests/accounts/test_startup", "tests/whole/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    # Tests that begin with the same rows follow each other, so that these can be left standing.
    items.sort(key=lambda item: (not item.nodeid.startswith(LONGEST), standing.begins_with(item)))


def pytest_collection_finish():
    """What is loaded by now stays to the end: nothing is gained by looking for rubbish in it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    standing.prepare(item)


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """The tables are made at once as the models say, in a tenth of the time; that the migrations lead to the very same
    ones is a test of its own."""
    return False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The audit trail refuses to be emptied, also by the tests that clear all tables behind themselves."""
    with django_db_blocker.unblock():
        append_only.install(connection)
        append_only.remove_delete_guard(connection)
        emptying.install()
    standing.begin(django_db_blocker)
    yield
    standing.end()


@functools.cache
def xiangtan_file():
    """The shipped programme file, parsed and checked once for all tests."""
    return read(XIANGTAN)


@pytest.fixture(autouse=True)
def _clock_goes_back():
    """No test leaves its day or its language to the next."""
    yield
    clock.set_today(None)
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _nobody_asked_before():
    """What one test asks does not count against the next."""
    yield
    caches["limits"].clear()


@pytest.fixture(autouse=True)
def _own_data_dir(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SEAL_TRUST_ROOTS = tmp_path / "seal-roots"


@pytest.fixture
def on_day():
    """Set today: on_day(2017, 5, 31)."""
    return lambda year, month, day: clock.set_today(datetime.date(year, month, day))


@pytest.fixture
def xiangtan(db) -> SimpleNamespace:
    """The Xiangtan 2017 programme, loaded from its file on 22 May 2017."""
    if standing.stands("xiangtan"):
        clock.set_today(LOADED_ON)
        return standing.recalled("xiangtan")
    return _load_programme()


def _load_programme() -> SimpleNamespace:
    clock.set_today(LOADED_ON)
    load_again(xiangtan_file())
    return _programme()


standing.layer(_load_programme, "xiangtan")


def _programme() -> SimpleNamespace:
    programme = Programme.objects.get()
    return SimpleNamespace(
        programme=programme,
        cycle=Cycle.objects.get(programme=programme, year=2017),
        levels={level.code: level for level in Level.objects.all()},
        categories={category.code: category for category in Category.objects.all()},
        rules={
            rule.level.code: rule for rule in Cycle.objects.get().level_rules.select_related("cycle", "level")
        },
        city=programme.owner,
        areas={unit.name: unit for unit in Unit.objects.areas()},
    )


@pytest.fixture
def make_user(db):
    """make_user("name", Role.OFFICE, unit): an account that holds one role at a unit since 2010."""
    return _make_user


def _make_user(username: str, role: str | None, unit: Unit, home: Unit | None = None):
    user = create_user(actor=None, username=username, title=username, unit=home or unit, password=PASSWORD)
    user.must_change_password = False
    user.save()
    if role:
        grant_role(actor=None, user=user, role=role, unit=unit, valid_from=datetime.date(2010, 1, 1))
    return user


@pytest.fixture
def people(xiangtan) -> SimpleNamespace:
    """One person per role, a neighbour county's staff, and the office of a neighbouring city."""
    return standing.recalled("people") if standing.stands("people") else _add_people()


def _add_people() -> SimpleNamespace:
    return people_again(lambda: _open_accounts(_programme()))


def _people_on_record() -> SimpleNamespace:
    """Without what the makers of the accounts have read of them meanwhile."""
    _add_people()
    return known_people()


standing.layer(_people_on_record, "people")


def _open_accounts(xiangtan) -> SimpleNamespace:
    province = xiangtan.city.parent
    other_city = create_unit(code="430200", name="邻市", kind=UnitKind.CITY, parent=province)
    other_county = create_unit(code="430299", name="邻市某县", kind=UnitKind.COUNTY, parent=other_city)
    county = xiangtan.areas["湘潭县"]
    return SimpleNamespace(
        county=_make_user("county", Role.UNIT_STAFF, county),
        neighbour=_make_user("neighbour", Role.UNIT_STAFF, xiangtan.areas["韶山市"]),
        office=_make_user("office", Role.OFFICE, xiangtan.city),
        leader=_make_user("leader", Role.LEADER, xiangtan.city),
        assessor=_make_user("assessor", Role.ASSESSOR, xiangtan.city),
        assessor2=_make_user("assessor2", Role.ASSESSOR, xiangtan.city),
        auditor=_make_user("auditor", Role.AUDITOR, xiangtan.city),
        system_admin=_make_user("sysadmin", Role.SYSTEM_ADMIN, xiangtan.city),
        security_admin=_make_user("secadmin", Role.SECURITY_ADMIN, xiangtan.city),
        other_city=_make_user("othercity", Role.OFFICE, other_city),
        other_county=_make_user("othercounty", Role.UNIT_STAFF, other_county),
        nobody=_make_user("nobody", None, xiangtan.city),
    )


@pytest.fixture
def make_site(xiangtan, people):
    """make_site("名称", category="community", area="湘潭县"): a site registered by its county's staff."""

    def make(name="同心社区甲", category="community", area="湘潭县", **fields):
        unit = xiangtan.areas[area]
        staff = people.county if area == "湘潭县" else people.neighbour
        defaults = {"address": "某路1号", "person_in_charge": "主任", "phone": "0731-00000000"}
        return register_site(
            actor=staff,
            programme=xiangtan.programme,
            category=xiangtan.categories[category],
            area=unit,
            name=name,
            **defaults | fields,
        )

    return make
