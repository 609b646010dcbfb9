from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import TransitionLog, User
from accounts.names import TwoLanguageName
from accounts.scope import units_with_role
from applications.models import Application, Cycle
from assessments.enums import AssessmentState, ObjectionOutcome
from sites.models import Category, Level


class IndicatorSet(TwoLanguageName):
    """The indicators one category is assessed by in one cycle; frozen with the cycle."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="indicator_sets")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    version = models.CharField(max_length=40)
    pass_mark = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "category"], name="indicator_set_once")]


class Indicator(TwoLanguageName):
    """One line of a set: a heading (first level) or a scored or veto line (second level)."""

    indicator_set = models.ForeignKey(IndicatorSet, models.CASCADE, related_name="indicators")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    code = models.CharField(max_length=20)
    order = models.PositiveSmallIntegerField()
    standard = models.TextField(blank=True)
    #: Most points of a scored line; null for headings and vetoes.
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    #: 一票否决: a yes here fails the site whatever its points.
    is_veto = models.BooleanField(default=False)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["indicator_set", "code"], name="indicator_code_once"),
            models.CheckConstraint(
                condition=Q(is_veto=False) | (Q(points=None) & Q(parent__isnull=False)),
                name="veto_has_no_points",
            ),
        ]


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
    #: Mean of the assessors' totals, written when the office closes the assessment.
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    vetoed = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)

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
        for unit in units_with_role(user, (Role.OFFICE, Role.LEADER)):
            readable |= Q(assessment__application__cycle__programme__owner__path__startswith=unit.path)
        return self.filter(Q(assessor=user) | (Q(assessment__in=visible) & readable))


class ScoreSheet(models.Model):
    """One assessor's scores for one application."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="sheets")
    assessor = models.ForeignKey(User, models.PROTECT, related_name="score_sheets")
    assigned_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
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


class Deliberation(models.Model):
    """What the department's meeting decided (部务会研究), with the number of its minutes."""

    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="deliberation")
    held_on = models.DateField(_("held on"))
    minutes_number = models.CharField(_("number of the minutes"), max_length=100)
    approved = models.BooleanField(_("approved"))
    opinion = models.TextField(_("opinion"), max_length=1000)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.minutes_number


class Recommendation(models.Model):
    """A place in the ranked list sent up (择优上报), and the answer that came back."""

    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="recommendation")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="recommendations")
    level = models.ForeignKey(Level, models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(_("rank"))
    reason = models.TextField(_("reason"), max_length=1000)
    sent_on = models.DateField(_("sent on"))
    answered_on = models.DateField(null=True)
    answer_number = models.CharField(max_length=100, blank=True)
    plaque_number = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["cycle", "level", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "level", "rank"], name="one_site_per_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.assessment}"


class PublicNoticeQuerySet(models.QuerySet):
    def running_on(self, day):
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class PublicNotice(models.Model):
    """公示: so many working days before an award, on which anybody may object."""

    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="notice")
    #: The name the public was shown, whatever the site's record says later.
    site_name = models.CharField(max_length=100)
    starts_on = models.DateField(_("from"))
    #: The last working day of the notice; the award is possible from the day after.
    ends_on = models.DateField(_("to"))
    working_days = models.PositiveSmallIntegerField()
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = PublicNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="notice_dates_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} {self.starts_on}–{self.ends_on}"


class Objection(models.Model):
    """异议: what somebody brought forward during a notice, and what came of it."""

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections")
    received_on = models.DateField(_("received on"))
    text = models.TextField(_("what is objected to"), max_length=2000)
    outcome = models.CharField(max_length=10, choices=ObjectionOutcome, default=ObjectionOutcome.OPEN)
    findings = models.TextField(_("findings"), max_length=2000, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="open") | ~Q(findings=""), name="objection_decided_has_findings"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_on}"
