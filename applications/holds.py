"""What applications have against moving or merging their site."""

from django.utils.translation import gettext as _

from accounts.errors import Reason
from applications.enums import OPEN_STATES
from applications.models import Application


def why_application_open(site) -> Reason | None:
    """While an application of the site is under way its county, quota and papers are settled by it."""
    found = Application.objects.filter(site=site, state__in=OPEN_STATES).order_by("id").first()
    if found is None:
        return None
    return Reason(
        text=_("Application %(number)s of this site is under way: %(state)s.")
        % {"number": found.number, "state": found.get_state_display()},
        remedy=_("Decide it or let it be withdrawn first."),
    )
