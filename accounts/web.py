"""How views turn the domain's refusals into words, the same way everywhere."""

import errno
import logging
from contextlib import contextmanager

from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.enums import AuditResult
from accounts.errors import DomainError, Reason
from accounts.services import record

logger = logging.getLogger(__name__)

#: No room on the disk, or none left of what this program may use.
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Outcome:
    """What came of a step: `done` once the block ended without a refusal, else `error` holds the refusal."""

    done = False
    error: DomainError | None = None


@contextmanager
def tell(request, *, success, action: str, obj=None):
    """Run a step of a service; show `success` or the refusal as a message, and put a refusal on the audit trail.

    A full disk is told in words too: services write files before they commit, so nothing is half done.
    """
    outcome = Outcome()
    try:
        yield outcome
    except DomainError as error:
        outcome.error = error
        messages.error(request, str(error))
        record(action=action, actor=request.user, obj=obj, reason=str(error), result=AuditResult.REFUSED)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        logger.exception("no room to store %s", action)
        outcome.error = DomainError(
            Reason(
                text=_("There is no room left to store files: nothing was saved."),
                remedy=_("Tell the system administrator, and try again afterwards."),
            )
        )
        messages.error(request, str(outcome.error))
    else:
        outcome.done = True
        if success:
            messages.success(request, success)


def get_visible(model, user, **lookup):
    """The object (of a model or prepared queryset) when this person may see it, else 404.

    A guessed address must not even say that something is there.
    """
    rows = model if isinstance(model, QuerySet) else model._default_manager.all()
    return get_object_or_404(rows.visible_to(user), **lookup)
