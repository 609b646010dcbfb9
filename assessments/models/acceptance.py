"""The acceptance of applications (考核验收): assessments, score sheets, what they rest on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import TransitionLog, User
from accounts.scope import units_with_role
from applications.models import Application
from assessments.enums import AssessmentState
from assessments.models.indicators import Indicator, IndicatorSet
from sites.storage import paper_path


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Assessments of the applications a person follows."""
        return self.filter(application__in=Application.objects.followed_by(user))


class Assessment(models.Model):
    """The acceptance of one application (考核验收) up to the award."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="assessment")
    indicator_set = models.ForeignKey(IndicatorSet, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=AssessmentState, default=AssessmentState.SCORING)
    started_at = models.DateTimeField()
    #: Mean or median of the assessors' totals, written when the office closes the assessment.
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    vetoed = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    #: The arithmetic of the result line by line, as it stood when the office closed (assessments/scoring.py).
    arithmetic = models.JSONField(default=dict)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("assessment")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=AssessmentState.values), name="assessment_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="scoring") | Q(score__isnull=False), name="closed_assessment_has_score"
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)


class AssessmentLog(TransitionLog):
    subject = models.ForeignKey(Assessment, models.PROTECT, related_name="log")


class ScoreSheetQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The own sheet always; the others' only for the office and leaders who run the programme, and after
        closing for the whole scope. A county's leader does not look over the assessors' shoulders."""
        visible = Assessment.objects.visible_to(user)
        readable = ~Q(assessment__state=AssessmentState.SCORING)
        leading = units_with_role(user, (Role.OFFICE, Role.LEADER))
        if leading:
            # Who assesses as well scores as blind as everybody else: first the own sheet, then the others'.
            own = self.model.objects.filter(assessor=user, handed_in_at=None)
            reach = Q()
            for unit in leading:
                reach |= Q(assessment__application__cycle__programme__owner__path__startswith=unit.path)
            readable |= reach & ~Q(assessment__in=own.values("assessment"))
        return self.filter(Q(assessor=user) | (Q(assessment__in=visible) & readable))


class ScoreSheet(models.Model):
    """One assessor's scores for one application."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="sheets")
    assessor = models.ForeignKey(User, models.PROTECT, related_name="score_sheets")
    assigned_at = models.DateTimeField()
    #: Why just this assessor: what the automatic assignment went by, or that the office chose by hand.
    assigned_because = models.CharField(max_length=300, blank=True)
    #: The day of the visit, for the lines judged on the spot.
    visited_on = models.DateField(_("visited on"), null=True, blank=True)
    #: Counts every save, to notice a second window.
    revision = models.PositiveIntegerField(default=1)
    #: The revision with which each part was saved last: the parts are saved each by itself, at the desk and on the
    #: spot, and do not stand in each other's way.
    desk_saved = models.PositiveIntegerField(default=1)
    field_saved = models.PositiveIntegerField(default=1)
    summary = models.TextField(_("summary"), max_length=1000, blank=True)
    total = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    vetoed = models.BooleanField(default=False)
    handed_in_at = models.DateTimeField(null=True)

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("score sheet")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "assessor"], name="one_sheet_per_assessor"),
            models.CheckConstraint(
                condition=Q(handed_in_at=None) | Q(total__isnull=False), name="sheet_in_has_total"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} · {self.assessor}"


class Score(models.Model):
    """Points (or a veto) and the evidence for one indicator on one sheet."""

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="scores")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    veto = models.BooleanField(default=False)
    evidence = models.TextField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "indicator"], name="one_score_per_indicator"),
            models.CheckConstraint(condition=Q(points=None) | Q(points__gte=0), name="score_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.points}"


class EvidenceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What is attached to a sheet is for whoever may read the sheet."""
        return self.filter(sheet__in=ScoreSheet.objects.visible_to(user))


class Evidence(models.Model):
    """A photo or paper an assessor attached to an indicator. Nothing depends on there being one."""

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="evidence_files")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    file = models.FileField(_("photo or paper"), upload_to=paper_path)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField()

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("evidence")
        constraints = [
            # Sent twice over a bad connection, it is there once.
            models.UniqueConstraint(fields=["sheet", "indicator", "sha256"], name="evidence_attached_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SheetReturn(models.Model):
    """A sheet handed back to its assessor after the discussion; the total it had stays on record."""

    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="returns")
    total = models.DecimalField(max_digits=6, decimal_places=2)
    handed_in_at = models.DateTimeField()
    reason = models.TextField(_("reason"), max_length=500)
    returned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    returned_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.sheet} {self.total}"


class Recusal(models.Model):
    """回避: an assessor declared a conflict of interest with a site, or the office noted one."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="recusals")
    assessor = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    #: What the person's sheet came to, when it was handed in before the conflict became known; it does not count.
    withdrawn_total = models.DecimalField(max_digits=6, decimal_places=2, null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "assessor"], name="one_recusal_per_assessor")
        ]

    def __str__(self) -> str:
        return f"{self.assessor}: {self.reason}"


class Discussion(models.Model):
    """What the assessors talked over when their totals lay too far apart, before the office closed."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="discussions")
    held_on = models.DateField(_("held on"))
    #: Points between the highest and the lowest total when it was held.
    spread = models.DecimalField(max_digits=6, decimal_places=2)
    note = models.TextField(_("what was discussed"), max_length=1000)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.assessment} {self.held_on}"
