from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.scope import reached_unit_ids
from dashboard.enums import Factor
from sites.models import Category, Site
from sites.models.sites import scope_of


class WarningQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Warnings about sites whose findings a person reads; not a liaison's business."""
        if not user.is_authenticated:
            return self.none()
        sites = Site.objects.filter(scope_of(user, site="pk"))
        return self.filter(Q(area__in=reached_unit_ids(user)) | Q(site__in=sites))

    def standing(self):
        """Warnings nobody has ended."""
        return self.filter(until=None)

    def on(self, day):
        """Warnings that held on a day."""
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


class EarlyWarning(models.Model):
    """One factor that speaks for a closer look at a site, in one area and category: from a day up to (not including)
    another. Where a site moves, its rows end and go on as new ones, so that every past day keeps its figures."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="warnings")
    #: Those of the site while this row held.
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("county or park"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("category"))
    factor = models.CharField(_("factor"), max_length=20, choices=Factor)
    since = models.DateField()
    until = models.DateField(null=True)
    #: The day from which the warning has stood without a break, whatever became of the site's area and category.
    noticed_on = models.DateField(_("since"))
    #: The figures behind it, oldest first: [{"from": day, …}], a new one where they changed (dashboard/warnings).
    figures = models.JSONField(default=list)

    objects = WarningQuerySet.as_manager()

    class Meta:
        ordering = ["since", "id"]
        verbose_name = _("early warning")
        indexes = [models.Index(fields=["area", "factor", "since"], name="warning_of_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "factor"], condition=Q(until=None), name="one_open_warning"
            ),
            models.CheckConstraint(condition=Q(factor__in=Factor.values), name="warning_factor_known"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="warning_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} · {self.get_factor_display()}"
