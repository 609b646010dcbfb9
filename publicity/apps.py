from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicityConfig(AppConfig):
    name = "publicity"
    verbose_name = _("Publicity")

    def ready(self):
        from applications.sealing.papers import add_finder
        from notices.duties import add_source
        from publicity.certificate_selectors import sealed_certificates
        from publicity.coverage_import import CoverageKind
        from publicity.coverage_measures import add_measures
        from publicity.plan_duties import lines_owed
        from publicity.services.counting import follow_their_sites
        from sites.following import add_follower
        from sites.imports.services import add_kind

        add_finder(sealed_certificates)
        add_measures()
        add_kind(CoverageKind)
        add_source(lines_owed)
        add_follower(follow_their_sites)
