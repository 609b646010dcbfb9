from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Assessment")

    def ready(self):
        from assessments.dossier.work import may_still_have
        from assessments.services.dossiers import BUILD_DOSSIER
        from notices.jobs import hand_out_if

        hand_out_if(BUILD_DOSSIER, may_still_have)
