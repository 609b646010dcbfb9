"""What sites of a category are assessed by: versions of an indicator set, and their lines."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import TransitionLog, User
from accounts.names import TwoLanguageName
from accounts.scope import units_with_role
from assessments.enums import Aggregate, IndicatorKind, IndicatorSetState, Method, SheetPart
from sites.models import Category, Programme


class IndicatorSetQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The sets of the programmes a person runs or leads, the province those of its cities. Assessors read
        the lines on their sheets."""
        reach = Q(pk__in=[])
        for unit in units_with_role(user, (Role.OFFICE, Role.LEADER)):
            reach |= Q(programme__owner__path__startswith=unit.path)
        return self.filter(reach)


class IndicatorSet(TwoLanguageName):
    """One version of the indicators of a category. It holds from a year until the next published version;
    a published version is frozen, so what earlier years scored and printed never changes."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="indicator_sets")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    #: The first cycle year the version holds for.
    from_year = models.PositiveSmallIntegerField(_("holds from the year"))
    version = models.CharField(_("version"), max_length=40)
    state = models.CharField(max_length=10, choices=IndicatorSetState, default=IndicatorSetState.DRAFT)
    pass_mark = models.DecimalField(_("pass mark"), max_digits=6, decimal_places=2)
    #: How the totals of several assessors become one.
    aggregate = models.CharField(
        _("several assessors"), max_length=10, choices=Aggregate, default=Aggregate.MEAN
    )
    #: Points between the highest and the lowest total above which the assessors discuss; None: never required.
    spread_limit = models.DecimalField(
        _("discussion above a spread of"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    #: Most bonus points that count; None: all of them.
    bonus_cap = models.DecimalField(
        _("most bonus points"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    #: How many assessors an application gets when they are assigned automatically.
    assessors = models.PositiveSmallIntegerField(_("assessors per application"), default=2)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    #: Counts every save in the editor, to notice a second window.
    revision = models.PositiveIntegerField(default=1)

    objects = IndicatorSetQuerySet.as_manager()

    class Meta:
        ordering = ["category__order", "-from_year", "-id"]
        verbose_name = _("indicator set")
        constraints = [
            models.UniqueConstraint(fields=["category", "version"], name="indicator_version_once"),
            models.UniqueConstraint(
                fields=["category", "from_year"],
                condition=Q(state="published"),
                name="one_published_set_a_year",
            ),
            models.UniqueConstraint(
                fields=["category"], condition=Q(state="draft"), name="one_indicator_draft"
            ),
            models.CheckConstraint(
                condition=Q(state__in=IndicatorSetState.values), name="indicator_set_state_known"
            ),
        ]


class IndicatorSetLog(TransitionLog):
    subject = models.ForeignKey(IndicatorSet, models.CASCADE, related_name="log")


class Indicator(TwoLanguageName):
    """One line of a set: a heading (first level, may nest), or a line with points, a yes or no, a bonus or a veto."""

    indicator_set = models.ForeignKey(IndicatorSet, models.CASCADE, related_name="indicators")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    code = models.CharField(_("number"), max_length=20)
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=IndicatorKind, default=IndicatorKind.SCORED)
    standard = models.TextField(_("standard"), blank=True)
    method = models.CharField(_("method"), max_length=10, choices=Method, default=Method.PAPERS)
    evidence_wanted = models.CharField(_("evidence wanted"), max_length=300, blank=True)
    #: Most points of a line; null for headings and vetoes.
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2, null=True, blank=True)
    #: Of a heading: fewer points than this fail the site whatever its total.
    minimum = models.DecimalField(_("minimum"), max_digits=6, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["indicator_set", "code"], name="indicator_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=("heading", "veto"), points=None)
                | Q(kind__in=("scored", "yes_no", "bonus"), points__gt=Decimal(0)),
                name="indicator_points_fit_kind",
            ),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(kind="heading"), name="only_headings_have_minimum"
            ),
            models.CheckConstraint(condition=Q(kind__in=IndicatorKind.values), name="indicator_kind_known"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="indicator_method_known"),
        ]

    @property
    def is_heading(self) -> bool:
        return self.kind == IndicatorKind.HEADING

    @property
    def is_veto(self) -> bool:
        """一票否决: a yes here fails the site whatever its points."""
        return self.kind == IndicatorKind.VETO

    @property
    def is_visit(self) -> bool:
        """Whether the line is judged on the spot (the field part of a sheet) rather than at the desk."""
        return self.method == Method.VISIT

    @property
    def part(self) -> str:
        """The part of a score sheet the line stands in."""
        return SheetPart.FIELD if self.is_visit else SheetPart.DESK
