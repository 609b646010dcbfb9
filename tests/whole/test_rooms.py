"""Imports inside an app point down, also between modules that carry their room's name at the end.

`lint-imports` holds it for rooms called `rules` or `views`; here for `coverage_rules`, `case_views` and the like.
"""

import ast
from pathlib import Path

import pytest
from django.conf import settings

#: Rooms from the bottom up; those in one row may use each other.
ROOMS = [
    ("enums",),
    ("models",),
    ("rules",),
    ("selectors",),
    ("services",),
    ("tasks",),
    ("forms", "resources", "documents", "lists"),
    ("api",),
    ("views",),
    ("urls", "admin"),
]
HEIGHTS = {name: height for height, names in enumerate(ROOMS) for name in names}
APPS = (
    *("programmes", "dashboard", "publicity", "supervision", "assessments"),
    *("applications", "sites", "notices", "accounts"),
)


def height_of(module: str) -> int | None:
    """How high a module of an app stands by the last word of its name; of a room that is a package, by its name."""
    _app, *rest = module.split(".")
    return HEIGHTS.get(rest[0].rsplit("_", 1)[-1]) if rest else None


def imported(path: Path) -> set[str]:
    """The modules a file imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    taken = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    parts = {f"{node.module}.{alias.name}" for node in taken for alias in node.names}
    return plain | parts | {node.module for node in taken}


@pytest.mark.parametrize("app", APPS)
def test_no_room_imports_one_above_it(app):
    upwards = []
    for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
        module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        own = height_of(module)
        if own is None or "migrations" in path.parts:
            continue
        for other in imported(path):
            above = height_of(other) if other.split(".")[0] == app else None
            if above is not None and above > own:
                upwards.append(f"{module} -> {other}")
    assert upwards == []
