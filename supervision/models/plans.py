"""The yearly plan of visits of a supervision group."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TransitionLog, Unit, User
from applications.models import Cycle
from sites.models import Site
from sites.models.sites import scope_of
from supervision.enums import VisitState
from supervision.models.groups import SupervisionGroup


class ScopedQuerySet(models.QuerySet):
    """Rows that carry the `unit` they concern and, where there is one, the `site`."""

    def visible_to(self, user):
        return self.filter(scope_of(user, site="site")) if user.is_authenticated else self.none()


class PlannedVisit(models.Model):
    """One visit of a group's plan for the year: to a site, or to a unit itself."""

    group = models.ForeignKey(SupervisionGroup, models.PROTECT, related_name="planned_visits")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="planned_visits")
    #: The county or park of the group it lies in.
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("county or park"))
    #: The unit visited, or the one the site belongs to.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="planned_visits", verbose_name=_("site")
    )
    #: The first and the last day on which it is to take place; the same for a fixed day.
    from_day = models.DateField(_("from"))
    to_day = models.DateField(_("until"))
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=VisitState, default=VisitState.PLANNED)
    planned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["to_day", "id"]
        verbose_name = _("planned visit")
        indexes = [models.Index(fields=["cycle", "state", "to_day"])]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=VisitState.values), name="visit_state_known"),
            models.CheckConstraint(condition=Q(to_day__gte=F("from_day")), name="visit_days_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.from_day}"

    @property
    def place(self) -> Site | Unit:
        """The site, or the unit itself."""
        return self.site or self.unit


class PlannedVisitLog(TransitionLog):
    subject = models.ForeignKey(PlannedVisit, models.PROTECT, related_name="log")
