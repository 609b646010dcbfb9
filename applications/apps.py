from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = _("Applications")

    def ready(self):
        from applications.dated import last_days_of
        from applications.holds import why_application_open
        from applications.reminders import filing_duties, office_duties
        from notices.dated import add_dates
        from notices.duties import add_source
        from sites.holds import add_hold

        add_hold(why_application_open)
        add_dates(last_days_of)
        add_source(filing_duties)
        add_source(office_duties)
