"""Who at a site adds to its ledgers, and for how long."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sites.models.sites import Site


class SiteLiaisonQuerySet(models.QuerySet):
    def on(self, day: datetime.date):
        """Appointments that hold on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))

    def visible_to(self, user):
        return self.filter(site__in=Site.objects.visible_to(user))


class SiteLiaison(models.Model):
    """An account that may add to the ledgers of one site, from a day up to (not including) another."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="liaisons")
    user = models.ForeignKey(User, models.PROTECT, related_name="liaison_of")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True)
    appointed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = SiteLiaisonQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "-id"]
        verbose_name = _("site liaison")
        constraints = [
            models.UniqueConstraint(
                fields=["site", "user"], condition=Q(valid_to=None), name="liaison_of_site_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="liaison_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.site}"
