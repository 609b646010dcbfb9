from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    name = "sites"
    verbose_name = _("Sites and plaques")

    def ready(self):
        from sites.ledger_measures import add_measures

        add_measures()
