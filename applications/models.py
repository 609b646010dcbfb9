from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.enums import Role
from accounts.models import TransitionLog, Unit, User
from accounts.names import TwoLanguageName
from accounts.rules import has_role
from accounts.scope import granted_ids, reached_unit_ids, role_assignments, units_with_role
from applications.enums import (
    OPEN_STATES,
    ApplicationState,
    AttachmentKind,
    CycleState,
    MilestoneKind,
)
from sites.models import Category, Level, Programme, Site
from sites.storage import paper_path


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
    review_years_before = models.PositiveSmallIntegerField(null=True)

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


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Applications of the areas a person reaches (drafts only for the area's own staff), and assigned ones."""
        if not user.is_authenticated:
            return self.none()
        scope = Q(area_id__in=reached_unit_ids(user)) & (
            Q(filed_first_at__isnull=False) | Q(area_id__in=own_area_ids(user))
        )
        if has_role(user, Role.ASSESSOR):
            scope |= Q(pk__in=granted_ids(ApplicationUserObjectPermission, user, "assess_application"))
        return self.filter(scope)

    def on_the_way(self):
        return self.filter(state__in=OPEN_STATES)


def own_area_ids(user) -> list[int]:
    """Ids of the areas a person files for."""
    return [unit.pk for unit in units_with_role(user, (Role.UNIT_STAFF,))]


class Application(models.Model):
    """One filing of one site for one level in one cycle (申报)."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="applications")
    site = models.ForeignKey(Site, models.PROTECT, related_name="applications", verbose_name=_("site"))
    level = models.ForeignKey(Level, models.PROTECT, related_name="applications", verbose_name=_("level"))
    area = models.ForeignKey(
        Unit, models.PROTECT, related_name="applications", verbose_name=_("county or park")
    )
    number = models.CharField(_("number"), max_length=60, unique=True)
    state = models.CharField(max_length=12, choices=ApplicationState, default=ApplicationState.DRAFT)
    data = models.JSONField(default=dict)
    #: Counts every save of the form, to notice a second window.
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    filed_first_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    #: After a return: the last day for handing it in corrected.
    correct_by = models.DateField(null=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("application")
        permissions = [("assess_application", "Assesses this application")]
        indexes = [
            models.Index(fields=["cycle", "state"]),
            models.Index(fields=["area", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "site", "level"],
                condition=Q(state__in=("draft", "submitted", "returned", "accepted", "awarded")),
                name="one_live_application",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ApplicationState.values), name="application_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.site}"


class ApplicationUserObjectPermission(UserObjectPermissionBase):
    """Guardian grant on one application, e.g. its assessors."""

    content_object = models.ForeignKey(Application, models.CASCADE)


class ApplicationLog(TransitionLog):
    subject = models.ForeignKey(Application, models.PROTECT, related_name="log")


class QuotaPlace(models.Model):
    """One place of an area's quota at a level. Places are rows, so the last one can be taken only once."""

    cycle = models.ForeignKey(Cycle, models.CASCADE, related_name="places")
    level = models.ForeignKey(Level, models.PROTECT, related_name="+")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    ordinal = models.PositiveSmallIntegerField()
    application = models.OneToOneField(Application, models.PROTECT, null=True, related_name="place")
    #: 增报: an extra place, with the office's written reason after it looked at the candidate and agreed.
    is_extra = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["cycle", "level__rank", "area", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "level", "area", "ordinal"], name="quota_place_once"),
            models.CheckConstraint(
                condition=Q(is_extra=False) | (~Q(reason="") & Q(granted_by__isnull=False)),
                name="extra_place_needs_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.level} {self.ordinal}"


class FormVersion(models.Model):
    """What the form said at one submission, with the hash printed on the paper. Never changed."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="form_version_once")]

    def __str__(self) -> str:
        return f"{self.application.number} v{self.number}"


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Files of the applications a person may see; removed ones only for the county's own staff."""
        files = self.filter(application__in=Application.objects.visible_to(user))
        return files.filter(Q(removed_at=None) | Q(application__area_id__in=own_area_ids(user)))

    def present(self):
        return self.filter(removed_at=None)


class Attachment(models.Model):
    """A photo, a proof or the stamped scan. Removing hides it; a submitted version may still refer to it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments")
    kind = models.CharField(_("kind"), max_length=10, choices=AttachmentKind)
    file = models.FileField(_("file"), upload_to=paper_path)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    #: For a stamped scan: the hash of the form it was printed from.
    form_hash = models.CharField(max_length=64, blank=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AttachmentKind.values), name="attachment_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name
