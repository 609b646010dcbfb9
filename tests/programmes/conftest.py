import datetime
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.test import override_settings
from django.utils import translation

from accounts import clock
from accounts.enums import Role
from accounts.models import Unit
from accounts.services import create_user, grant_role
from applications.models import Cycle
from programmes import demo
from programmes.services import load
from tests import standing
from tests.conftest import LOADED_ON

TINY = Path(__file__).parents[1] / "data" / "tiny.yaml"
XIANGTAN = settings.BASE_DIR / "programmes" / "data" / "xiangtan-2017.yaml"
#: Where the demonstration's files lie, and those of the one left standing.
FOLDERS = ("MEDIA_ROOT", "SEAL_TRUST_ROOTS")
_files: list[tempfile.TemporaryDirectory] = []


@pytest.fixture(autouse=True)
def _english():
    """Messages are compared in the language of the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def count_rows():
    """How many rows every table holds, by model."""

    def count() -> dict[str, int]:
        ours = (model for model in apps.get_models(include_auto_created=True) if model._meta.managed)
        return {model._meta.label: model._default_manager.count() for model in ours}

    return count


@pytest.fixture
def demonstration(xiangtan, settings) -> SimpleNamespace:
    """The Xiangtan programme with the rows and, in folders of the test's own, the files of the demonstration."""
    if standing.stands("demonstration"):
        for name in FOLDERS:
            shutil.copytree(Path(_files[-1].name) / name, getattr(settings, name), dirs_exist_ok=True)
    else:
        demo.load()
    return xiangtan


def _load_demonstration() -> None:
    _files[:] = [tempfile.TemporaryDirectory()]
    clock.set_today(LOADED_ON)
    folders = {name: Path(_files[-1].name) / name for name in FOLDERS}
    with translation.override("en"), override_settings(**folders):
        for folder in folders.values():
            folder.mkdir()
        demo.load()


standing.layer(_load_demonstration, "demonstration")


@pytest.fixture
def tiny(db) -> SimpleNamespace:
    """The tiny programme on 4 September 2023, with one clerk of 东县."""
    clock.set_today(datetime.date(2023, 9, 4))
    load(TINY)
    cycle = Cycle.objects.get()
    east = Unit.objects.get(code="east")
    clerk = create_user(actor=None, username="east", title="干事", unit=east, password="Test-2023!")
    grant_role(actor=None, user=clerk, role=Role.UNIT_STAFF, unit=east, valid_from=datetime.date(2023, 1, 1))
    return SimpleNamespace(
        programme=cycle.programme,
        cycle=cycle,
        east=east,
        clerk=clerk,
        rules={rule.level.code: rule for rule in cycle.level_rules.select_related("cycle", "level")},
    )


@pytest.fixture
def changed_file(tmp_path):
    """A copy of a programme file with texts replaced: changed_file(XIANGTAN, {"old": "new"})."""

    def copy(source: Path, changes: dict[str, str]) -> Path:
        text = source.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / source.name
        path.write_text(text, encoding="utf-8")
        return path

    return copy
