from django.db import models
from django.db.models import Q

from accounts.models import Unit
from sites.models.programmes import Category, Level


class NumberSequence(models.Model):
    """The last number given in one series; taken under a row lock, so numbers have neither gaps nor doubles."""

    series = models.CharField(max_length=120, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


class SiteTally(models.Model):
    """How many active sites (level empty) or sites with a valid plaque (by level) an area has in a category.

    Kept by the services that register sites and give or take plaques, so that a dashboard reads some dozens of
    rows whatever the number of sites; `recount_sites` rebuilds it.
    """

    area = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, related_name="+")
    level = models.ForeignKey(Level, models.CASCADE, null=True, related_name="+")
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "category", "level"], condition=Q(level__isnull=False), name="tally_once"
            ),
            models.UniqueConstraint(
                fields=["area", "category"], condition=Q(level=None), name="tally_once_of_sites"
            ),
            models.CheckConstraint(condition=Q(count__gte=0), name="tally_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.area_id}/{self.category_id}/{self.level_id}: {self.count}"
