from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("Messages and calendar")

    def ready(self):
        from notices import checks  # noqa: F401 - registers the checks of fonts and libraries
        from notices.duties import add_source
        from notices.reminding.calendar_duty import calendar_duties

        add_source(calendar_duties)
