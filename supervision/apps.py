from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = _("Supervision")

    def ready(self):
        from applications.sealing.papers import add_finder
        from notices.duties import add_source
        from supervision.finding_duties import findings_owed
        from supervision.finding_selectors import sealed_letters
        from supervision.meeting_duties import meetings_owed
        from supervision.plan_duties import visits_owed
        from supervision.task_duties import tasks_owed

        add_source(meetings_owed)
        add_source(tasks_owed)
        add_source(findings_owed)
        add_finder(sealed_letters)
        add_source(visits_owed)
