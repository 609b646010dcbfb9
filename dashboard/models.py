from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dashboard.enums import Factor
from sites.models import Site


class WarningQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(site__in=Site.objects.visible_to(user))

    def on(self, day):
        """Warnings that held on a day."""
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


class EarlyWarning(models.Model):
    """One factor that speaks for a closer look at a site, from the day it was noticed up to (not including) the day
    it was over."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="warnings")
    factor = models.CharField(_("factor"), max_length=20, choices=Factor)
    since = models.DateField(_("since"))
    until = models.DateField(null=True)
    #: The figures behind it, as they were last seen: days, points, numbers.
    details = models.JSONField(default=dict)

    objects = WarningQuerySet.as_manager()

    class Meta:
        ordering = ["since", "id"]
        verbose_name = _("early warning")
        indexes = [models.Index(fields=["factor", "since"], name="warning_of_factor")]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "factor"], condition=Q(until=None), name="one_open_warning"
            ),
            models.CheckConstraint(condition=Q(factor__in=Factor.values), name="warning_factor_known"),
        ]

    def __str__(self) -> str:
        return f"{self.site} · {self.get_factor_display()}"
