from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Assessment")

    def ready(self):
        from assessments.dossier.work import may_still_have
        from assessments.evaluation_reminders import evaluation_duties
        from assessments.reminders import acceptance_duties
        from assessments.review_measure import REVIEWS, review_changes
        from assessments.review_rules import why_proposed, why_under_review
        from assessments.reviewing.reminders import review_duties
        from assessments.services.dossiers import BUILD_DOSSIER
        from notices.duties import add_source
        from notices.jobs import hand_out_if
        from sites.holds import add_hold, add_plaque_hold
        from sites.measures import add_measure

        hand_out_if(BUILD_DOSSIER, may_still_have)
        add_hold(why_under_review)
        add_plaque_hold(why_proposed)
        for source in (acceptance_duties, review_duties, evaluation_duties):
            add_source(source)
        add_measure(REVIEWS, review_changes)
