from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.scope import reached_unit_ids
from sites.models.plaques import Plaque
from sites.models.programmes import Category, Level, Programme
from sites.models.sites import Site, scope_of


class RecordQuerySet(models.QuerySet):
    def at(self, moment):
        """What the records said at a moment: one row for each site or plaque known by then."""
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=moment), recorded_at__lte=moment)

    def visible_to(self, user):
        """What the person saw, or would have seen: by the unit a site belonged to at the time."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(scope_of(user, site=self.model.site_path, kept=True))


class Record(models.Model):
    """What was on record of a site or plaque, from one moment of writing to the next (by the clock of the office, not
    by the dates written). Lists “as of” a day read these, so they say what an export of that day said."""

    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    #: Every value a list shows, in the words of that time.
    shown = models.JSONField(default=dict)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["id"]


class SiteRecord(Record):
    listed_by = "site_id"
    site_path = "site_id"

    site = models.ForeignKey(Site, models.PROTECT, related_name="records")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["site", "recorded_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["site"], condition=Q(superseded_at=None), name="one_standing_site_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.recorded_at:%Y-%m-%d %H:%M}"


class PlaqueRecord(Record):
    listed_by = "plaque_id"
    site_path = "plaque__site_id"

    plaque = models.ForeignKey(Plaque, models.PROTECT, related_name="records")
    level = models.ForeignKey(Level, models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["plaque", "recorded_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["plaque"], condition=Q(superseded_at=None), name="one_standing_plaque_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plaque_id} {self.recorded_at:%Y-%m-%d %H:%M}"


class FigureRecordQuerySet(models.QuerySet):
    def at(self, moment):
        """The figures as they stood at a moment."""
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=moment), recorded_at__lte=moment)

    def visible_to(self, user):
        return self.filter(site__in=Site.objects.visible_to(user))


class FigureRecord(models.Model):
    """What was on record of one count of a site in one year, from one moment of writing to the next."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="figure_records")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=16, decimal_places=2)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = FigureRecordQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["code", "year", "area"], name="figure_record_asked_for")]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "year", "code"],
                condition=Q(superseded_at=None),
                name="one_standing_figure_record",
            )
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.code} {self.year}: {self.value}"


class AreaFigureQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(area__in=reached_unit_ids(user))

    def at(self, moment):
        """The figures as they stood at a moment."""
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=moment), recorded_at__lte=moment)


class AreaFigure(models.Model):
    """A count a county or park reports of itself for a year (villages, villages with an organisation …), as the
    programme file names them. A dated row: a correction ends it and begins another."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("county or park"))
    year = models.PositiveSmallIntegerField(_("year"))
    code = models.CharField(max_length=40)
    value = models.DecimalField(_("number"), max_digits=16, decimal_places=2)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = AreaFigureQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("figure of a county or park")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "area", "year", "code"],
                condition=Q(superseded_at=None),
                name="one_standing_area_figure",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="area_figure_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.code} {self.year}: {self.value}"
