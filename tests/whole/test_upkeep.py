"""What must not slip: translations complete, no migration missing, no programme's particulars in code."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

APPS = [
    "accounts",
    "notices",
    "sites",
    "applications",
    "assessments",
    "supervision",
    "publicity",
    "dashboard",
    "programmes",
    "config",
]
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")


def test_no_text_is_without_its_chinese(tmp_path):
    """The strings of today's code, extracted anew, each with a translation that is not a guess."""
    root = Path(settings.BASE_DIR)
    for name in ("templates", "locale", *APPS):
        (tmp_path / name).symlink_to(root / name, target_is_directory=name != "locale")
    (tmp_path / "locale").unlink()
    (tmp_path / CATALOGUE).parent.mkdir(parents=True)
    (tmp_path / CATALOGUE).write_bytes((root / CATALOGUE).read_bytes())
    subprocess.run(
        [
            sys.executable, root / "manage.py", "makemessages", "-l", "zh_Hans", "-s",
            "--no-location", "--no-wrap", "-v0",
        ],
        cwd=tmp_path,
        check=True,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path / "var")},
    )  # fmt: skip
    extracted = (tmp_path / CATALOGUE).read_text(encoding="utf-8")
    assert 'msgid "Quota and extensions"' in extracted.split("#~")[0]
    missing = subprocess.run(
        ["msgattrib", "--untranslated", "--no-obsolete", str(tmp_path / CATALOGUE)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    guessed = subprocess.run(
        ["msgattrib", "--only-fuzzy", "--no-obsolete", str(tmp_path / CATALOGUE)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert re.findall(r'^msgid "(.+)"', missing, re.M) == []
    assert re.findall(r'^msgid "(.+)"', guessed, re.M) == []


def test_no_migration_is_missing(tmp_path):
    """In a process of its own, because the tests on SQLite do without migrations."""
    done = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "makemigrations", "--check", "--dry-run"],
        env=os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "No changes detected\n")


TRANSLATING = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


@pytest.mark.parametrize("app", APPS)
def test_no_text_is_translated_inside_an_f_string(app):
    """makemessages does not look into them, and a sentence put together of pieces is none in another language."""
    found = []
    for path in (settings.BASE_DIR / app).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        strings = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
        calls = [node for string in strings for node in ast.walk(string) if isinstance(node, ast.Call)]
        for call in calls:
            if getattr(call.func, "id", getattr(call.func, "attr", "")) in TRANSLATING:
                found.append(f"{path.relative_to(settings.BASE_DIR)}:{call.lineno}")
    assert found == []


PARTICULARS = re.compile(r"湘潭|潭市统通|四同|同心|六有|五有|七有|5月31|05-31|November|\bMay\b|August")


@pytest.mark.parametrize("app", APPS)
def test_a_programmes_particulars_stay_in_its_file(app):
    """No city, category, month or "N有" list in code: another programme runs from its file alone."""
    found = []
    for path in (settings.BASE_DIR / app).rglob("*.py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            code = line.split("#")[0]
            if PARTICULARS.search(code) and '"""' not in line and not _in_docstring(path, number):
                found.append(f"{path.relative_to(settings.BASE_DIR)}:{number} {line.strip()}")
    assert found == []


def _in_docstring(path: Path, number: int) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if text and node.lineno <= number <= node.end_lineno:
            return True
    return False
