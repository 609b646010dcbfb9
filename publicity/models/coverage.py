"""The register of coverage: what television, newspapers, radio and the web brought of a site, case or area."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TransitionLog, Unit, User
from accounts.scope import reached_unit_ids
from applications.models import Cycle
from publicity.enums import CoverageState, LinkState, PlannedState
from publicity.models.cases import ExemplaryCase
from sites.models import Category, Programme, Site
from sites.storage import paper_path


class AreaQuerySet(models.QuerySet):
    """Rows of an area: read by those who reach it."""

    def visible_to(self, user):
        return self.filter(area__in=reached_unit_ids(user)) if user.is_authenticated else self.none()


class PlannedCoverage(models.Model):
    """One line of an area's publicity plan of a year: so many pieces in a medium, on what, by when."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="planned_coverage")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("county or park"))
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="planned_coverage", verbose_name=_("site")
    )
    #: A code of the cycle's scheme (`publicity.media`).
    medium = models.CharField(_("medium"), max_length=40)
    topic = models.CharField(_("topic"), max_length=200)
    wanted = models.PositiveSmallIntegerField(_("how many"), default=1)
    due_on = models.DateField(_("by"))
    state = models.CharField(max_length=10, choices=PlannedState, default=PlannedState.PLANNED)
    planned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField()

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = _("line of the publicity plan")
        indexes = [models.Index(fields=["cycle", "area"], name="planned_coverage_of_year")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PlannedState.values), name="planned_coverage_state"),
            models.CheckConstraint(condition=Q(wanted__gte=1), name="planned_coverage_some"),
        ]

    def __str__(self) -> str:
        return self.topic


class PlannedCoverageLog(TransitionLog):
    subject = models.ForeignKey(PlannedCoverage, models.PROTECT, related_name="log")


class CoverageQuerySet(AreaQuerySet):
    def visible_to(self, user):
        """Read by those who reach the area whose register it is in, or the one its site has moved to."""
        if not user.is_authenticated:
            return self.none()
        reached = reached_unit_ids(user)
        return self.filter(Q(area__in=reached) | Q(site__area__in=reached))


class Coverage(models.Model):
    """One piece in one outlet. A reprint points to the piece it repeats (`same_as`) and does not count again."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="coverage")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("county or park"))
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="coverage", verbose_name=_("site")
    )
    case = models.ForeignKey(
        ExemplaryCase,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="coverage",
        verbose_name=_("exemplary case"),
    )
    planned = models.ForeignKey(
        PlannedCoverage,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="coverage",
        verbose_name=_("line of the publicity plan"),
    )
    #: Codes of the cycle's scheme (`publicity.media`, `publicity.outlet_levels`).
    medium = models.CharField(_("medium"), max_length=40)
    outlet_level = models.CharField(_("level of the outlet"), max_length=40)
    outlet = models.CharField(_("outlet"), max_length=100)
    published_on = models.DateField(_("published on"))
    title = models.CharField(_("title"), max_length=200)
    initials = models.CharField(max_length=200, blank=True, editable=False)
    #: Programme and time, page, channel: where in the outlet.
    place = models.CharField(_("programme, page or column"), max_length=100, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    #: The link without what does not tell one page from another: two entries have the same for the same page.
    link_key = models.CharField(max_length=64, blank=True, editable=False)
    file = models.FileField(_("file"), upload_to=paper_path, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    #: What was kept of the page behind the link, for the day it is gone.
    snapshot = models.FileField(upload_to=paper_path, blank=True, editable=False)
    #: When it was fetched; without a snapshot: when that was tried and nothing could be kept.
    snapshot_at = models.DateTimeField(null=True, editable=False)
    #: The title without what reprints change: the same article has the same.
    fingerprint = models.CharField(max_length=64, editable=False)
    same_as = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reprints", editable=False
    )
    #: Somebody said that it is an article of its own although another has the same title.
    is_own_article = models.BooleanField(default=False, editable=False)
    state = models.CharField(max_length=10, choices=CoverageState, default=CoverageState.RECORDED)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    link_state = models.CharField(
        max_length=10, choices=LinkState, default=LinkState.UNCHECKED, editable=False
    )
    link_checked_at = models.DateTimeField(null=True, editable=False)
    #: Since when a run is looking at the link; one that was stopped in between gives it free after a while.
    link_claimed_at = models.DateTimeField(null=True, editable=False)
    revision = models.PositiveIntegerField(default=1)

    objects = CoverageQuerySet.as_manager()

    class Meta:
        ordering = ["-published_on", "-id"]
        verbose_name = _("coverage")
        verbose_name_plural = _("coverage")
        indexes = [
            models.Index(fields=["area", "published_on"], name="coverage_of_area"),
            models.Index(fields=["site", "medium", "published_on"], name="coverage_of_site"),
            models.Index(fields=["programme", "fingerprint"], name="coverage_same_article"),
            models.Index(fields=["link_checked_at"], name="coverage_links_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "link_key"],
                condition=Q(state="recorded") & ~Q(link_key=""),
                name="coverage_link_once",
            ),
            models.CheckConstraint(condition=Q(state__in=CoverageState.values), name="coverage_state_known"),
            models.CheckConstraint(condition=Q(link_state__in=LinkState.values), name="coverage_link_known"),
            models.CheckConstraint(
                condition=Q(same_as=None) | ~Q(same_as=F("id")), name="coverage_not_its_own_reprint"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CountedCoverageQuerySet(AreaQuerySet):
    def at(self, moment):
        """What counted at a moment."""
        return self.filter(counted_from__lte=moment).filter(
            Q(counted_until=None) | Q(counted_until__gt=moment)
        )


class CountedCoverage(models.Model):
    """For how long an original counted, and under what: the rows behind the figures of any day.

    Written together with the journal (`publicity.services.counting`); a change of what it counts under is a new row.
    """

    coverage = models.ForeignKey(Coverage, models.PROTECT, related_name="counted")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")
    #: The category its site had meanwhile.
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    medium = models.CharField(max_length=40)
    outlet_level = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    counted_from = models.DateTimeField()
    counted_until = models.DateTimeField(null=True)

    objects = CountedCoverageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["programme", "year", "area"], name="counted_coverage_of_year")]
        constraints = [
            models.UniqueConstraint(
                fields=["coverage"], condition=Q(counted_until=None), name="coverage_counts_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.coverage_id} {self.medium} {self.year}"


class CoverageLog(TransitionLog):
    subject = models.ForeignKey(Coverage, models.PROTECT, related_name="log")


class LinkCheck(models.Model):
    """One look at a link: whether it opened, and what the other side answered."""

    coverage = models.ForeignKey(Coverage, models.CASCADE, related_name="link_checks")
    checked_at = models.DateTimeField()
    opened = models.BooleanField()
    #: The status of the answer; None where there was none.
    status = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.coverage_id} {self.checked_at:%Y-%m-%d} {self.status or self.note}"
