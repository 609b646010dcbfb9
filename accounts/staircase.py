"""The one staircase for state: lock, look up, guard, write, log, audit. Each app's `transition()` walks it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, require
from accounts.models import TransitionLog, Unit
from accounts.services import record


def climb(
    *,
    obj: models.Model,
    action: str,
    actor,
    reason: str,
    table: Mapping[tuple[str, str], str],
    guard: Callable[..., Reason | None],
    log_model: type[TransitionLog],
    content_hash: str = "",
    unit=None,
    changes: Mapping[str, object] | None = None,
) -> TransitionLog:
    """Move `obj` along `table` and log it, in a transaction of its own or inside the caller's.

    `table` maps (state, action) to the next state, `guard(actor, obj, action, reason)` returns why not, or None.
    `content_hash` is the hash of what was decided on; `changes` are fields written together with the state.
    Returns the log row.
    Raises DomainError when the table has no such move or the guard gives a reason.
    """
    with transaction.atomic():
        locked = type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
        source = locked.state
        target = table.get((source, action))
        if target is None:
            raise DomainError(
                Reason(
                    text=_("This step is not possible while the state is “%(state)s”.")
                    % {"state": locked.get_state_display()},
                    remedy=_("Load the page again: somebody may have acted in between."),
                )
            )
        obj.state = source
        require(guard(actor, obj, action, reason))
        written = {"state": target, **(changes or {})}
        for name, value in written.items():
            setattr(locked, name, value)
            setattr(obj, name, value)
        locked.save(update_fields=list(written))
        row = _log(log_model, obj, action, source, target, actor, reason, content_hash)
        record(action=f"{obj._meta.model_name}.{action}", actor=actor, obj=obj, reason=reason, unit=unit)
        return row


@dataclass(frozen=True)
class Staircase:
    """What a kind of object moves by: its table, who may move it, where that is logged, and the unit it concerns."""

    table: Mapping[tuple[str, str], str]
    guard: Callable[..., Reason | None]
    log_model: type[TransitionLog]
    unit_of: Callable[..., Unit]

    def climb(self, obj: models.Model, action: str, actor, reason: str, **more) -> TransitionLog:
        """Move an object of this kind, as `climb` does."""
        steps = {"table": self.table, "guard": self.guard, "log_model": self.log_model}
        return climb(
            obj=obj, action=action, actor=actor, reason=reason, unit=self.unit_of(obj), **steps, **more
        )


def _log(log_model, obj, action, source, target, actor, reason, content_hash) -> TransitionLog:
    last = log_model.objects.filter(subject=obj).order_by("-id").first()
    row = log_model(
        subject=obj,
        action=action,
        from_state=source,
        to_state=target,
        actor=actor,
        reason=reason,
        at=clock.now(),
        content_hash=content_hash,
        previous_hash=last.row_hash if last else "",
    )
    row.row_hash = row_hash(row)
    row.save()
    return row


def row_hash(row: TransitionLog) -> str:
    """SHA-256 (hex) over a log row and the hash of the row before it."""
    content = [
        row.subject_id,
        row.action,
        row.from_state,
        row.to_state,
        row.actor_id,
        row.reason,
        row.at.isoformat(timespec="milliseconds"),
        row.content_hash,
        row.previous_hash,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def broken_rows(log_model: type[TransitionLog], subject) -> list[TransitionLog]:
    """The log rows of one object whose hash does not fit any more (empty: nothing was changed)."""
    broken, previous = [], ""
    for row in log_model.objects.filter(subject=subject).order_by("id"):
        if row.previous_hash != previous or row.row_hash != row_hash(row):
            broken.append(row)
        previous = row.row_hash
    return broken
