"""An application on its way, and the quota place it takes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.enums import Role
from accounts.models import TransitionLog, Unit, User
from accounts.rules import has_role
from accounts.scope import granted_ids, reached_unit_ids, units_with_role
from applications.enums import OPEN_STATES, ApplicationState
from applications.models.cycles import Cycle
from sites.models import Level, Site


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Applications a person follows, and those whose form has a box for a seal the person keeps."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(_followed_by(user) | _sealed_by(user))

    def followed_by(self, user):
        """Those whose further way a person may see: a seal keeper reads the form, not how it is assessed."""
        return self.filter(_followed_by(user)) if user.is_authenticated else self.none()

    def on_the_way(self):
        return self.filter(state__in=OPEN_STATES)


def own_area_ids(user) -> list[int]:
    """Ids of the areas a person files for."""
    return [unit.pk for unit in units_with_role(user, (Role.UNIT_STAFF,))]


def kept_unit_ids(user) -> list[int]:
    """Ids of the units whose seal a person keeps."""
    return [unit.pk for unit in units_with_role(user, (Role.SEAL_KEEPER,))]


def _followed_by(user) -> Q:
    """Applications of the areas a person reaches (drafts only for the area's own staff), and assigned ones."""
    scope = Q(area_id__in=reached_unit_ids(user)) & (
        Q(filed_first_at__isnull=False) | Q(area_id__in=own_area_ids(user))
    )
    if has_role(user, Role.ASSESSOR):
        scope |= Q(pk__in=granted_ids(ApplicationUserObjectPermission, user, "assess_application"))
    return scope


def _sealed_by(user) -> Q:
    """Applications of the keeper's own area, and the filed ones of programmes owned by the unit or one level below."""
    kept = kept_unit_ids(user)
    above = Q(cycle__programme__owner_id__in=kept) | Q(cycle__programme__owner__parent_id__in=kept)
    return Q(area_id__in=kept) | Q(filed_first_at__isnull=False) & above if kept else Q(pk__in=())


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
