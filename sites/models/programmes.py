from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.names import TwoLanguageName
from sites.enums import Awarder, WhenBelowEnds


class Programme(TwoLanguageName):
    """A demonstration-site programme as its owner department runs it."""

    code = models.CharField(max_length=60, unique=True)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="programmes")
    #: What every site reports by year, from the programme file: [{"code", "name", "name_en", "unit"}].
    figures = models.JSONField(default=list)
    #: What every area reports of itself by year: [{"code", "name", "name_en", "unit", "unit_en"}].
    area_figures = models.JSONField(default=list)
    #: Shares of one of those in another: [{"code", "name", "name_en", "part", "whole"}].
    ratios = models.JSONField(default=list)
    #: First day of the first year run here: plaques from before are registered, later ones awarded after assessment.
    kept_since = models.DateField(null=True)

    class Meta:
        verbose_name = _("programme")


class Level(TwoLanguageName):
    """One rung of a programme's ladder, e.g. county, city, province."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="levels")
    code = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField()
    awarded_by = models.CharField(max_length=10, choices=Awarder)
    #: Placeholders {category}, {area}, {year}, {number}; empty where the department above gives the number.
    plaque_number = models.CharField(max_length=100, blank=True)
    #: How long a plaque of the level holds from the award on; None: until it is taken back.
    validity_months = models.PositiveSmallIntegerField(null=True)
    when_below_ends = models.CharField(max_length=10, choices=WhenBelowEnds, default=WhenBelowEnds.KEEP)

    class Meta:
        ordering = ["rank"]
        verbose_name = _("level")
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="level_code_once"),
            models.UniqueConstraint(fields=["programme", "rank"], name="level_rank_once"),
            models.CheckConstraint(condition=Q(awarded_by__in=Awarder.values), name="level_awarder_known"),
            models.CheckConstraint(
                condition=Q(when_below_ends__in=WhenBelowEnds.values), name="level_below_rule_known"
            ),
        ]


class Category(TwoLanguageName):
    """A kind of site a programme knows, e.g. park, project, community, village."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="categories")
    code = models.CharField(max_length=40)
    #: The character that stands for the category in plaque numbers.
    mark = models.CharField(max_length=10, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("category")
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="category_code_once")]
