"""The audit trail's codes of the dashboard in words."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "dashboard.export": _("Export rows behind a figure"),
    "dashboard.briefing": _("Make a briefing of the overview"),
}
