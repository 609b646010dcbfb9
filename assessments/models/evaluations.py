"""The quarterly evaluation of units (季度考评), where a programme's own scheme asks for it.

Only units are evaluated, never persons: people appear solely as those who reported, gave points or decided.
Reports and points are ledgers: a correction is a further row, and the latest one counts.
"""

import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import TransitionLog, Unit, User
from accounts.names import TwoLanguageName
from accounts.scope import units_with_role
from applications.models import Cycle
from assessments.enums import ObjectionOutcome
from assessments.evaluation_enums import EvaluationState, TalkState, UnitEvaluationState
from sites.models import Programme
from sites.storage import paper_path


def deciding_units(user) -> list[Unit]:
    """The units whose programmes a person runs or leads: these see the evaluation of all units."""
    return units_with_role(user, (Role.OFFICE, Role.LEADER)) if user.is_authenticated else []


def own_units(user) -> list[Unit]:
    """The units whose staff a person is; an office above a unit does not report or confirm for it."""
    return units_with_role(user, (Role.UNIT_STAFF,)) if user.is_authenticated else []


class UnitClassQuerySet(models.QuerySet):
    def visible_to(self, user):
        decides = Q(programme__owner__in=deciding_units(user))
        own = Q(pk__in=ClassMember.objects.filter(unit__in=own_units(user)).values("unit_class"))
        return self.filter(decides | own)


class UnitClass(TwoLanguageName):
    """One class of units that are compared with each other (Ⅰ、Ⅱ、Ⅲ类考核对象)."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="unit_classes")
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()

    objects = UnitClassQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("class of units")
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="unit_class_code_once")]


class ClassMemberQuerySet(models.QuerySet):
    def on(self, day):
        """Memberships that hold on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))

    def visible_to(self, user):
        decides = Q(programme__owner__in=deciding_units(user))
        return self.filter(decides | Q(unit__in=own_units(user)))


class ClassMember(models.Model):
    """A unit's class from a day up to (not including) another; a unit is in one class at a time."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="class_memberships")
    unit_class = models.ForeignKey(UnitClass, models.PROTECT, related_name="members")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ClassMemberQuerySet.as_manager()

    class Meta:
        ordering = ["unit_class__order", "unit_id", "valid_from"]
        verbose_name = _("unit in its class")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "unit"], condition=Q(valid_to=None), name="one_class_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="class_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_class} · {self.unit}"


class EvaluationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All quarters for those who run or lead the programme; for a unit's staff those it takes part in."""
        decides = Q(cycle__programme__owner__in=deciding_units(user))
        own = Q(pk__in=UnitEvaluation.objects.filter(unit__in=own_units(user)).values("evaluation"))
        return self.filter(decides | own)


class Evaluation(models.Model):
    """The evaluation of all units of a programme in one quarter."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="evaluations")
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    state = models.CharField(max_length=10, choices=EvaluationState, default=EvaluationState.OPEN)
    #: The rules the quarter was scored by, as they stood when it was sent to the units; before that the cycle's hold.
    rules = models.JSONField(default=dict)
    sent_at = models.DateTimeField(null=True)
    #: The last day on which the units confirm or object.
    confirm_by = models.DateField(_("to be confirmed by"), null=True)
    closed_at = models.DateTimeField(null=True)
    #: Totals and ranks of every class as they stood when the quarter was closed (assessments/evaluation_sums.py).
    arithmetic = models.JSONField(default=dict)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-cycle__year", "quarter"]
        verbose_name = _("quarterly evaluation")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "quarter"], name="one_evaluation_a_quarter"),
            models.CheckConstraint(condition=Q(quarter__range=(1, 4)), name="quarter_one_to_four"),
            models.CheckConstraint(
                condition=Q(state__in=EvaluationState.values), name="evaluation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(confirm_by__isnull=False), name="sent_evaluation_has_last_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="closed_evaluation_has_time"
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(year)s, quarter %(quarter)s") % {"year": self.cycle.year, "quarter": self.quarter}

    @property
    def begins_on(self) -> datetime.date:
        """The first day of the quarter: the class a unit is in on that day is its class for the quarter."""
        return datetime.date(self.cycle.year, self.quarter * 3 - 2, 1)

    @property
    def rules_used(self) -> dict:
        return self.rules or self.cycle.evaluation


class EvaluationLog(TransitionLog):
    subject = models.ForeignKey(Evaluation, models.PROTECT, related_name="log")


class DutyQuerySet(models.QuerySet):
    def visible_to(self, user):
        decides = Q(evaluation__cycle__programme__owner__in=deciding_units(user))
        asked = UnitEvaluation.objects.filter(
            unit__in=own_units(user),
            evaluation=models.OuterRef("evaluation"),
            unit_class__duties=models.OuterRef("pk"),
        )
        return self.filter(decides | models.Exists(asked))


class Duty(TwoLanguageName):
    """What a quarter asks of the units of one or more classes (季度职责任务)."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="duties")
    classes = models.ManyToManyField(UnitClass, related_name="duties")
    code = models.CharField(_("number"), max_length=20)
    order = models.PositiveSmallIntegerField()
    standard = models.TextField(_("standard"), blank=True)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    due_on = models.DateField(_("due on"))
    evidence_wanted = models.CharField(_("evidence wanted"), max_length=300, blank=True)
    article = models.CharField(max_length=100, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("quarterly duty")
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "code"], name="duty_code_once"),
            models.CheckConstraint(condition=Q(points__gt=Decimal(0)), name="duty_points_positive"),
        ]


class UnitEvaluationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All units for those who run or lead the programme, the own one for a unit's staff."""
        decides = Q(evaluation__cycle__programme__owner__in=deciding_units(user))
        return self.filter(decides | Q(unit__in=own_units(user)))


class UnitEvaluation(models.Model):
    """One unit in one quarter: its class then, where it stands, and what it came to."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="evaluations")
    unit_class = models.ForeignKey(UnitClass, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=UnitEvaluationState, default=UnitEvaluationState.OPEN)
    #: Total, rank in the class and the arithmetic line by line: written with the sending, again with a decided
    #: objection, and frozen when the quarter is closed.
    total = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    rank = models.PositiveSmallIntegerField(null=True)
    arithmetic = models.JSONField(default=dict)

    objects = UnitEvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["unit_class__order", "unit_id"]
        verbose_name = _("evaluation of a unit")
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "unit"], name="unit_evaluated_once_a_quarter"),
            models.CheckConstraint(
                condition=Q(state__in=UnitEvaluationState.values), name="unit_evaluation_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(total__isnull=False), name="sent_unit_evaluation_has_total"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.evaluation}"


class UnitEvaluationLog(TransitionLog):
    subject = models.ForeignKey(UnitEvaluation, models.PROTECT, related_name="log")


class DutyRowQuerySet(models.QuerySet):
    def latest_rows(self):
        """The rows that count: the last of each unit and duty."""
        last = self.model.objects.order_by().values("unit_evaluation", "duty").annotate(last=models.Max("pk"))
        return self.filter(pk__in=last.values("last"))


class DutyReportQuerySet(DutyRowQuerySet):
    def visible_to(self, user):
        return self.filter(unit_evaluation__in=UnitEvaluation.objects.visible_to(user))


class DutyReport(models.Model):
    """A unit's word that a duty is done; a later row replaces an earlier one. Papers only if it likes."""

    unit_evaluation = models.ForeignKey(UnitEvaluation, models.PROTECT, related_name="reports")
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="reports")
    done_on = models.DateField(_("done on"))
    text = models.TextField(_("what was done"), max_length=2000)
    file = models.FileField(_("paper or photo"), upload_to=paper_path, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    objects = DutyReportQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("report on a duty")

    def __str__(self) -> str:
        return f"{self.unit_evaluation} · {self.duty}"


class UnitObjectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(unit_evaluation__in=UnitEvaluation.objects.visible_to(user))


class UnitObjection(models.Model):
    """What a unit brings forward against its result, and what came of it."""

    unit_evaluation = models.OneToOneField(UnitEvaluation, models.PROTECT, related_name="objection")
    text = models.TextField(_("what is objected to"), max_length=2000)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=ObjectionOutcome, default=ObjectionOutcome.OPEN)
    findings = models.TextField(_("findings"), max_length=2000, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = UnitObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("objection of a unit")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="open") | ~Q(findings=""), name="unit_objection_decided_has_findings"
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit_evaluation)


class DutyPointsQuerySet(DutyRowQuerySet):
    def visible_to(self, user):
        """A unit reads its points once they were sent to it."""
        decides = Q(unit_evaluation__evaluation__cycle__programme__owner__in=deciding_units(user))
        own = Q(unit_evaluation__unit__in=own_units(user))
        return self.filter(decides | own & ~Q(unit_evaluation__evaluation__state=EvaluationState.OPEN))


class DutyPoints(models.Model):
    """The points a unit has for a duty, as the office gave them; a correction is a further row."""

    unit_evaluation = models.ForeignKey(UnitEvaluation, models.PROTECT, related_name="points_rows")
    duty = models.ForeignKey(Duty, models.PROTECT, related_name="points_rows")
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    #: The day the office takes the duty as done: the bonus for timeliness follows from it. None: not done.
    done_on = models.DateField(_("done on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    objection = models.ForeignKey(UnitObjection, models.PROTECT, null=True, related_name="corrections")
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    objects = DutyPointsQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("points for a duty")
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=Decimal(0)), name="duty_points_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_evaluation} · {self.duty}: {self.points}"


class TalkProposalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who run or lead the programme; the unit itself once the talk was ordered."""
        decides = Q(cycle__programme__owner__in=deciding_units(user))
        ordered = Q(state__in=(TalkState.ORDERED, TalkState.HELD))
        return self.filter(decides | ordered & Q(unit__in=own_units(user)))


class TalkProposal(models.Model):
    """That a unit last in its class at the year's end be talked to (约谈) and managed as a key unit (重点管理)."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="talk_proposals")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="talk_proposals")
    unit_class = models.ForeignKey(UnitClass, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=TalkState, default=TalkState.PROPOSED)
    rank = models.PositiveSmallIntegerField(_("rank"))
    total = models.DecimalField(max_digits=7, decimal_places=2)
    #: The year's sum quarter by quarter, as it stood when the last quarter was closed.
    arithmetic = models.JSONField(default=dict)
    proposed_at = models.DateTimeField()
    opinion = models.TextField(_("opinion"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    managed_from = models.DateField(_("key management from"), null=True, blank=True)
    managed_to = models.DateField(_("key management until"), null=True, blank=True)
    held_on = models.DateField(_("talk held on"), null=True, blank=True)
    note = models.TextField(_("what was agreed"), max_length=2000, blank=True)

    objects = TalkProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-cycle__year", "unit_class__order", "rank", "id"]
        verbose_name = _("proposal for a talk")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "unit"], name="one_talk_proposal_a_year"),
            models.CheckConstraint(condition=Q(state__in=TalkState.values), name="talk_state_known"),
            models.CheckConstraint(
                condition=Q(managed_from=None, managed_to=None) | Q(managed_to__gte=F("managed_from")),
                name="key_management_dates_ordered",
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_on__isnull=False), name="held_talk_has_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.cycle.year}"


class TalkProposalLog(TransitionLog):
    subject = models.ForeignKey(TalkProposal, models.PROTECT, related_name="log")
