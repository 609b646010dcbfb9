"""A year of a programme and what its scheme says."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import TransitionLog, Unit, User
from accounts.names import TwoLanguageName
from accounts.scope import role_assignments
from applications.enums import CycleState, MilestoneKind
from sites.models import Category, Level, Programme


class CycleQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Cycles of programmes whose owner the person stands below or above."""
        paths = [assignment.unit.path for assignment in role_assignments(user)]
        owners = [
            owner
            for owner, owner_path in Programme.objects.values_list("owner_id", "owner__path")
            if any(path.startswith(owner_path) or owner_path.startswith(path) for path in paths)
        ]
        return self.filter(programme__owner_id__in=owners)


class Cycle(models.Model):
    """One year of a programme. Everything a later scheme might change hangs on the cycle, not on the programme."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="cycles")
    year = models.PositiveSmallIntegerField(_("year"))
    state = models.CharField(max_length=10, choices=CycleState, default=CycleState.PREPARED)
    scheme_title = models.CharField(_("scheme"), max_length=200)
    scheme_number = models.CharField(_("document number"), max_length=100)
    scheme_issued_on = models.DateField(_("issued on"))
    #: 《创建示范活动管理办法(试行)》: no cycle is opened without the approval it rests on.
    approval_basis = models.CharField(_("basis of approval"), max_length=300, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=200, blank=True)
    approval_number = models.CharField(_("approval number"), max_length=100, blank=True)
    approval_valid_until = models.DateField(_("approval valid until"), null=True, blank=True)
    #: Title, sections and opinion boxes of the application form, frozen with the cycle (programmes/schema.json).
    form = models.JSONField(default=dict)
    correction_working_days = models.PositiveSmallIntegerField(default=10)
    notice_working_days = models.PositiveSmallIntegerField(default=5)
    #: Where the scheme says what: {"ladder": "…", "quota": "…"}.
    articles = models.JSONField(default=dict)
    #: Where objections go, by office and place, never by person: {"office", "address", "phone"}.
    contact = models.JSONField(default=dict)
    #: What the annual review (复核) takes, asks and allows; empty where the scheme has none (programmes/schema.json).
    review = models.JSONField(default=dict)
    #: Quarterly evaluation of units, where the programme's own scheme asks for it; empty elsewhere.
    evaluation = models.JSONField(default=dict)
    #: Checklists, severities, ladder of findings, letter, meetings, phases of tasks (programmes/schema.json).
    supervision = models.JSONField(default=dict)
    #: When and how often people are reminded of what they owe (programmes/schema.json).
    reminders = models.JSONField(default=dict)
    #: Media, levels of outlets and what is a duty of whom, from the programme file: see `publicity` of its schema.
    publicity = models.JSONField(default=dict)
    #: What the programme means to reach over the years: see `goals` of its schema.
    goals = models.JSONField(default=dict)
    #: When a site is warned about: see `warnings` of the schema.
    warnings = models.JSONField(default=dict)

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        verbose_name = _("cycle")
        constraints = [
            models.UniqueConstraint(fields=["programme", "year"], name="one_cycle_a_year"),
            models.CheckConstraint(condition=Q(state__in=CycleState.values), name="cycle_state_known"),
            models.CheckConstraint(
                condition=Q(state="prepared")
                | (~Q(approval_basis="") & ~Q(approved_by="") & ~Q(approval_number="")),
                name="cycle_open_needs_approval",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(year)s %(programme)s") % {"year": self.year, "programme": self.programme}


class CycleLog(TransitionLog):
    subject = models.ForeignKey(Cycle, models.PROTECT, related_name="log")


class LevelRule(models.Model):
    """What a cycle's scheme says of one level: who may file, how many, what must be held before, which steps follow."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="level_rules")
    level = models.ForeignKey(Level, models.PROTECT, related_name="+")
    #: Applications each area may file; None: this level is not applied for.
    quota = models.PositiveSmallIntegerField(null=True)
    required_level = models.ForeignKey(Level, models.PROTECT, null=True, related_name="+")
    required_months = models.PositiveSmallIntegerField(default=0)
    #: Whether time in which the plaque below was suspended counts towards those months.
    suspended_time_counts = models.BooleanField(default=False)
    steps = models.JSONField(default=list)
    categories = models.ManyToManyField(Category, related_name="+")

    class Meta:
        ordering = ["level__rank"]
        constraints = [models.UniqueConstraint(fields=["cycle", "level"], name="level_rule_once")]

    def __str__(self) -> str:
        return f"{self.cycle} · {self.level}"


class Milestone(TwoLanguageName):
    """A dated duty of the cycle."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="milestones")
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=MilestoneKind)
    #: The first day, for a duty that fills a stretch such as a month.
    starts_on = models.DateField(null=True)
    due_on = models.DateField()
    #: When the day is a day off, whether it moves to the next working day.
    rolls_forward = models.BooleanField(default=False)
    #: Working days before the due day on which those who still owe something are reminded.
    remind_before = models.JSONField(default=list)
    article = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "code"], name="milestone_code_once"),
            models.CheckConstraint(condition=Q(kind__in=MilestoneKind.values), name="milestone_kind_known"),
        ]


class SchemeDay(models.Model):
    """A day of the scheme until another one took its place: a past day is asked about these."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="former_days")
    #: The code of a milestone, or “meeting.” and that of a kind of meeting.
    code = models.CharField(max_length=50)
    due_on = models.DateField()
    rolls_forward = models.BooleanField(default=False)
    until = models.DateTimeField()

    class Meta:
        ordering = ["until", "id"]
        indexes = [models.Index(fields=["cycle", "until"], name="scheme_day_until")]

    def __str__(self) -> str:
        return f"{self.code} {self.due_on}"


class Extension(models.Model):
    """A later deadline the leadership office granted to one area."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="extensions")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("county or park"))
    until = models.DateField(_("until"))
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.area} {self.until}"
