from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    name = "sites"
    verbose_name = _("Sites and plaques")

    def ready(self):
        from notices.jobs import hand_out_if
        from sites.imports.services import CHECK_TASK, WRITE_TASK, may_still_have
        from sites.ledger_measures import add_measures

        add_measures()
        for task in (CHECK_TASK, WRITE_TASK):
            hand_out_if(task, may_still_have)
