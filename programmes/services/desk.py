"""The loader's desk: writes rows that are missing or differ, counts them, collects what must be refused."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from accounts.words import lazy_list


@dataclass
class LoadReport:
    """How many rows a load created, changed and found as they should be, by model name."""

    created: Counter = field(default_factory=Counter)
    changed: Counter = field(default_factory=Counter)
    unchanged: Counter = field(default_factory=Counter)
    #: What whoever loads the file should know of, though it was loaded.
    notes: list[str] = field(default_factory=list)

    @property
    def wrote(self) -> bool:
        return bool(self.created.total() or self.changed.total())


class Desk:
    """One load at work. `refusals` says what could not be done; the caller then undoes everything."""

    def __init__(self):
        self.report = LoadReport()
        self.refusals: list[str] = []

    def put(
        self,
        model: type[models.Model],
        lookup: Mapping[str, object],
        values: Mapping[str, object],
        *,
        locked: bool = False,
        free: Collection[str] = (),
        keep: bool = False,
        known: Mapping[str, models.Model] | None = None,
    ) -> models.Model | None:
        """Make sure that the row `lookup` names exists and holds `values`.

        `locked`: applications rest on it, so only the fields in `free` may differ from what is there.
        `keep`: a newer file has the say, so a row already there stays as it is.
        `known`: the rows there are, by code, where the caller has read them all at once.
        Returns the row, or None when it was missing and locked.
        """
        rows = model._default_manager
        row = rows.filter(**lookup).first() if known is None else known.get(lookup["code"])
        if row is None and locked:
            self.refuse(model(**lookup, **values), _("is new"))
            return None
        if row is None:
            self.report.created[model._meta.model_name] += 1
            return rows.create(**lookup, **values)
        differing = {} if keep else {name: new for name, new in values.items() if getattr(row, name) != new}
        for name in differing:
            if locked and name not in free:
                self.refuse(row, _change(name, getattr(row, name), differing[name]))
        self._write(row, differing)
        return row

    def prune(self, rows: models.QuerySet, *, locked: bool) -> None:
        """Take away rows the file no longer has; refused when applications rest on them."""
        for row in rows:
            if locked:
                self.refuse(row, _("is no longer there"))
            else:
                self.report.changed[row._meta.model_name] += 1
                row.delete()

    def refuse(self, row: models.Model, what: str) -> None:
        self.refusals.append(
            _("%(kind)s “%(row)s”: %(what)s") % {"kind": row._meta.verbose_name, "row": row, "what": what}
        )

    def count(self, row: models.Model, *, changed: bool) -> None:
        """Count a row that was there before."""
        counter = self.report.changed if changed else self.report.unchanged
        counter[row._meta.model_name] += 1

    def _write(self, row: models.Model, differing: Mapping[str, object]) -> None:
        self.count(row, changed=bool(differing))
        if not differing or self.refusals:
            return
        for name, value in differing.items():
            setattr(row, name, value)
        try:
            with transaction.atomic():
                row.save(update_fields=list(differing))
        except IntegrityError:
            self.refuse(row, _("another row still has the same: %(names)s") % {"names": lazy_list(differing)})


def _change(name: str, old, new) -> str:
    """“quota: 1 → 2”; only the name for something as long as a form."""
    pair = f"{old} → {new}"
    if len(pair) > 80:
        return _("%(name)s differs") % {"name": name}
    return _("%(name)s: %(change)s") % {"name": name, "change": pair}
