from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    name = "dashboard"
    verbose_name = _("Dashboard")

    def ready(self):
        from dashboard.warnings.journal import FAMILY, all_changes
        from sites.measures import add_measure

        add_measure(FAMILY, all_changes)
