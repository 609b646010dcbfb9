"""What comes next on the way of an application: who is asked for what, and by when."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.enums import Role
from applications.enums import ApplicationState
from applications.models import Application

_S = ApplicationState


@dataclass(frozen=True)
class Next:
    """What happens next: who is asked (None: nobody, time passes), for what, and by when if a day is set."""

    role: str | None
    text: str
    due: datetime.date | None = None

    def __str__(self) -> str:
        if not self.role:
            return self.text
        return _("%(who)s: %(task)s") % {"who": Role(self.role).label, "task": self.text}


def what_next(application: Application, last_day: datetime.date | None) -> Next | None:
    """What is asked next, None when all is over. `last_day` is the application's own (`deadlines.last_day_for`).

    Once an assessment is open, its own page knows more.
    """
    return {
        _S.DRAFT: Next(Role.UNIT_STAFF, _("Finish the form and submit it"), last_day),
        _S.RETURNED: Next(Role.UNIT_STAFF, _("Correct the form and submit it again"), last_day),
        _S.SUBMITTED: Next(Role.OFFICE, _("Check the papers")),
        _S.ACCEPTED: Next(Role.OFFICE, _("Open the assessment")),
    }.get(application.state)


def decision(application: Application, log: list) -> str:
    """What was written with the decision the application stands under: a reason, or the plaque's number.

    `log` are its changes of state, oldest first. A draft and a submitted form stand under none.
    """
    if application.state in (_S.DRAFT, _S.SUBMITTED):
        return ""
    return next((row.reason for row in reversed(log) if row.to_state == application.state), "")
