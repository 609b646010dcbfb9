from django.db import models
from django.db.models import Q

from accounts.models import Unit
from sites.models.plaques import Plaque
from sites.models.programmes import Category, Level
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
