"""An installation with real data refuses to start half configured; each attempt is a process of its own."""

import os
import secrets
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import psycopg
import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.utils import ConnectionHandler

from accounts.models import User
from accounts.startup import check_demo_accounts, refuse_demo_accounts

GOOD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "sites.example.cn",
}


def python(tmp_path, *arguments, timeout=60, **environment):
    """Run the project's Python with exactly these settings on a data folder of its own."""
    inherited = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=django_settings.BASE_DIR,
        env=inherited | {"DATA_DIR": str(tmp_path)} | GOOD | environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


SET_UP = ("-c", "import django; django.setup()")


def test_good_settings_start(tmp_path):
    assert python(tmp_path, *SET_UP).returncode == 0


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("SECRET_KEY", "", "SECRET_KEY"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("SECRET_KEY", "demo-" + "x" * 60, "SECRET_KEY"),
        ("SECRET_KEY", "django-insecure-" + "x" * 60, "SECRET_KEY"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS"),
        ("DEBUG", "1", "DEBUG"),
        ("DEBUG", "True", "DEBUG"),
    ],
)
def test_poor_settings_are_refused(tmp_path, setting, value, words):
    attempt = python(tmp_path, *SET_UP, **{setting: value})
    assert attempt.returncode != 0
    last = attempt.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert words in last


def test_check_deploy_is_clean(tmp_path):
    attempt = python(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "INFO")
    # The silenced one asks for a lock by address; ours is by account (see settings).
    assert attempt.stdout == "System check identified no issues (1 silenced).\n", attempt.stderr
    assert attempt.returncode == 0


# --- demo accounts ------------------------------------------------------------------------------------------


@pytest.fixture
def demo_user(db):
    return User.objects.create(username="demo-office", is_demo=True)


def test_demo_accounts_are_refused(demo_user):
    with pytest.raises(ImproperlyConfigured, match="demo-office"):
        refuse_demo_accounts()
    assert "accounts.E001" in [error.id for error in run_checks(databases=["default"])]


def test_a_demonstration_may_have_them(demo_user, settings):
    settings.DEMO = True
    refuse_demo_accounts()
    assert check_demo_accounts(None, databases=["default"]) == []


def test_closed_ones_and_others_are_fine(demo_user):
    demo_user.is_active = False
    demo_user.save()
    User.objects.create(username="office")
    refuse_demo_accounts()
    assert check_demo_accounts(None, databases=["default"]) == []


def test_the_check_reads_no_database_it_was_not_given(demo_user):
    assert check_demo_accounts(None) == []


@pytest.fixture(scope="module")
def demo_database(tmp_path_factory):
    """(Data folder, address) of a database, made by the migrations, with one demo account in it, as a demonstration
    leaves it behind."""
    folder = tmp_path_factory.mktemp("demo")
    with database_beside() as url:
        made = python(folder, "manage.py", "migrate", "--verbosity", "0", timeout=300, DATABASE_URL=url)
        assert made.returncode == 0, made.stderr
        code = (
            "import django; django.setup(); from accounts.models import User; "
            "User.objects.create(username='demo-office', is_demo=True)"
        )
        assert python(folder, "-c", code, DATABASE_URL=url).returncode == 0
        yield folder, url or f"sqlite:///{folder / 'db.sqlite3'}"


@contextmanager
def database_beside():
    """The address of an empty database on the server that the tests run on; empty text where they run on files."""
    server = urlsplit(os.environ.get("DATABASE_URL", ""))
    if not server.scheme.startswith("postgres"):
        yield ""
        return
    name = f"beside_{os.getpid()}"
    with psycopg.connect(server.geturl(), autocommit=True) as line:
        line.execute(f"CREATE DATABASE {name}")
        try:
            yield server._replace(path=f"/{name}").geturl()
        finally:
            line.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(
    "start",
    [
        ("-c", "import config.wsgi"),
        ("-m", "celery", "-A", "config", "worker", "--pool", "solo"),
        ("-m", "celery", "-A", "config", "beat"),
        ("manage.py", "migrate"),
        ("manage.py", "check", "--database", "default"),
    ],
    ids=["web", "worker", "scheduler", "migrate", "check"],
)
def test_nothing_starts_beside_demo_accounts(demo_database, start):
    folder, url = demo_database
    attempt = python(folder, *start, DATABASE_URL=url)
    assert attempt.returncode != 0
    assert "demo-office" in attempt.stdout + attempt.stderr


def test_a_demonstration_starts_on_the_same_database(demo_database):
    folder, url = demo_database
    attempt = python(
        folder,
        "-c",
        "import config.wsgi",
        DATABASE_URL=url,
        DJANGO_SETTINGS_MODULE="config.settings.demo",
    )
    assert attempt.returncode == 0, attempt.stderr


def test_the_migrations_make_the_tables_of_the_models(demo_database, db):
    """The other tests run on tables that were made at once, as the models say."""
    _folder, url = demo_database
    migrated = ConnectionHandler({"default": dj_database_url.parse(url)})["default"]
    try:
        for name in _own_tables():
            assert _table(migrated, name) == _table(connection, name)
    finally:
        migrated.close()


def _own_tables() -> list[str]:
    """The tables of this project; how those of others are made is not ours to test."""
    ours = [
        config for config in apps.get_app_configs() if Path(config.path).parent == django_settings.BASE_DIR
    ]
    assert len(ours) >= 9
    return [
        model._meta.db_table
        for config in ours
        for model in config.get_models(include_auto_created=True)
        if model._meta.managed
    ]


def _table(database, name: str) -> tuple[dict, list]:
    """The columns and the constraints and indexes of a table, whatever they are called."""
    with database.cursor() as cursor:
        columns = database.introspection.get_table_description(cursor, name)
        found = database.introspection.get_constraints(cursor, name)
    return (
        {column.name: column[1:] for column in columns},
        sorted(str(sorted(constraint.items())) for constraint in found.values()),
    )
