from django.db import models
from django.utils.translation import gettext_lazy as _


class Factor(models.TextChoices):
    """What speaks for a closer look at a site."""

    OVERDUE_FINDINGS = "overdue_findings", _("Overdue findings")
    NO_ACTIVITY = "no_activity", _("No activity for a long time")
    NO_COVERAGE = "no_coverage", _("No coverage for a long time")
    FALLING_SCORE = "falling_score", _("Falling score")
