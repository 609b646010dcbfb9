"""A programme file loaded once by the loader, then written again as the very rows that load made; its people too.

Nearly every test begins with the Xiangtan programme; bulk inserts of known rows take a fraction of a load.
"""

import copy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from django.apps import apps
from django.db import models, transaction

from accounts.models import AuditEvent, RoleAssignment, Unit, User
from programmes.files import ProgrammeFile
from programmes.services import load_file

#: What a load of a file wrote into an empty database, table by table.
_written: dict[Path, list[list[models.Model]]] = {}
#: The rows of the people, by model, and who is who, by primary key.
_people: dict = {}
_PEOPLE_TABLES = (Unit, User, RoleAssignment, AuditEvent)


def load_again(file: ProgrammeFile) -> None:
    """Load a file as `load_file` does; from the second time on into an empty database by its rows."""
    if Unit.objects.exists():
        load_file(file)
    elif file.path in _written:
        with transaction.atomic():
            for rows in _written[file.path]:
                type(rows[0])._base_manager.bulk_create(rows)
    else:
        empty = [model for model in _tables() if not model._base_manager.exists()]
        load_file(file)
        tables = [list(model._base_manager.order_by("pk")) for model in empty]
        _written[file.path] = [rows for rows in tables if rows]


def people_again(make: Callable[[], SimpleNamespace]) -> SimpleNamespace:
    """The people `make()` opens accounts for, with their units and roles, right after the programme was loaded; from
    the second time on by their rows."""
    if User.objects.exists():
        return make()
    if not _people:
        before = {model: set(model.objects.values_list("pk", flat=True)) for model in _PEOPLE_TABLES}
        people = make()
        _people["names"] = {name: person.pk for name, person in vars(people).items()}
        for model, known in before.items():
            _people[model] = list(model.objects.exclude(pk__in=known).order_by("pk"))
        return people
    with transaction.atomic():
        for model in _PEOPLE_TABLES:
            model.objects.bulk_create(_copies(model))
    return known_people()


def known_people() -> SimpleNamespace:
    """The people as they are on record."""
    units, accounts = Unit.objects.in_bulk(), User.objects.in_bulk()
    for account in accounts.values():
        account.unit = units[account.unit_id]
    return SimpleNamespace(**{name: accounts[pk] for name, pk in _people["names"].items()})


def _copies(model: type[models.Model]) -> list[models.Model]:
    """New objects of the rows known; of the audit trail under numbers of their own, the load wrote into it before."""
    rows = [copy.copy(row) for row in _people[model]]
    for row in rows:
        row._state = copy.copy(row._state)
        if model is AuditEvent:
            row.pk = None
    return rows


def _tables() -> list[type[models.Model]]:
    return apps.get_models(include_auto_created=True)
