from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from accounts import vocabulary
from accounts.enums import AREA_KINDS, AuditResult, Role, UnitKind
from accounts.errors import DomainError
from accounts.names import TwoLanguageName


class UnitQuerySet(models.QuerySet):
    def areas(self):
        """County-level units: counties and parks."""
        return self.filter(kind__in=AREA_KINDS)

    def within(self, unit: "Unit"):
        """The unit and everything below it."""
        return self.filter(path__startswith=unit.path)


class Unit(TwoLanguageName):
    """One node of the tree province, city, county or park, township, village, with the organisations beside them."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    #: Ids from the root down, each followed by a slash: a subtree is a prefix, so scoping needs no recursion.
    path = models.CharField(max_length=200, unique=True, null=True, editable=False)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    initials = models.CharField(max_length=100, blank=True, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("unit")
        permissions = [("follow_unit", "Follows the sites and applications of this unit")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="unit_kind_known"),
        ]

    @property
    def is_area(self) -> bool:
        return self.kind in AREA_KINDS

    def contains(self, other: "Unit") -> bool:
        return other.path.startswith(self.path)


class UnitGrantQuerySet(models.QuerySet):
    def on(self, day):
        """Grants that hold on a day."""
        begun = Q(valid_from=None) | Q(valid_from__lte=day)
        return self.filter(begun, Q(valid_to=None) | Q(valid_to__gt=day))


class UnitGrantManager(UserObjectPermissionManager.from_queryset(UnitGrantQuerySet)):
    """Guardian's own manager, with the days of the grants."""


class UnitUserObjectPermission(UserObjectPermissionBase):
    """Guardian grant on one unit, e.g. a supervision group member's areas, from a day up to (not including) another.

    One unit may be given for several stretches of time, hence the day in what is unique.
    """

    content_object = models.ForeignKey(Unit, models.CASCADE)
    #: None: from the beginning.
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    objects = UnitGrantManager()

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        unique_together = [["user", "permission", "content_object", "valid_from"]]


class User(AbstractUser):
    """A named account. Names are those of office-holders in their role."""

    title = models.CharField(_("office title"), max_length=100, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="members")
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    is_demo = models.BooleanField(default=False, editable=False)
    must_change_password = models.BooleanField(_("must change password"), default=False)

    class Meta:
        verbose_name = _("account")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title or self.get_full_name() or self.username

    @property
    def audit_label(self) -> str:
        """Title and user name: two people may hold the same title."""
        name = str(self)
        return name if name == self.username else f"{name} ({self.username})"


class RoleAssignmentQuerySet(models.QuerySet):
    def on(self, day):
        """Assignments that hold on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))


class RoleAssignment(models.Model):
    """A role given to a person at a unit, from a day up to (not including) another. Ended, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_assignments")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="role_assignments")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_known"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="role_dates_ordered",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit"], condition=Q(valid_to=None), name="role_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.unit}"


class AuditEvent(models.Model):
    """Who did what, when, from where, on which object, why, with what result. Append-only (migration 0002)."""

    at = models.DateTimeField(_("time"), db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(_("person"), max_length=200)
    action = models.CharField(_("action"), max_length=60, db_index=True)
    result = models.CharField(_("result"), max_length=10, choices=AuditResult)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    object_label = models.CharField(_("object"), max_length=300, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action}"

    def save(self, *args, **kwargs):
        """Add the row; the database refuses changes as well, but less politely."""
        if not self._state.adding:
            raise DomainError(gettext("The audit trail cannot be changed."))
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise DomainError(gettext("The audit trail cannot be changed."))

    @property
    def action_label(self) -> str:
        return vocabulary.action_label(self.action)

    @property
    def detail_words(self) -> list[str]:
        return vocabulary.detail_words(self.detail)


class TransitionLog(models.Model):
    """One change of state of one object; each app has its own table with a `subject` foreign key.

    The rows of an object form a chain: each hash covers the row and the hash before it, so a changed row shows.
    """

    action = models.CharField(_("action"), max_length=40)
    from_state = models.CharField(max_length=30)
    to_state = models.CharField(max_length=30)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("time"))
    content_hash = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    row_hash = models.CharField(max_length=64)

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class DemoClock(models.Model):
    """The day a demonstration plays on; one row, read only when settings.DEMO is on."""

    day = models.DateField()

    def __str__(self) -> str:
        return self.day.isoformat()


class ApiToken(models.Model):
    """A key with which another system reads what one unit may read. Only a digest of it is kept."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="api_tokens", verbose_name=_("unit"))
    name = models.CharField(_("what it is for"), max_length=100)
    #: The first characters, by which people tell tokens apart.
    prefix = models.CharField(max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    #: Names of what may be read, e.g. ["sites", "plaques"].
    scopes = models.JSONField(_("may read"), default=list)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(editable=False)
    expires_on = models.DateField(_("valid until"))
    revoked_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("access of another system")
        verbose_name_plural = _("accesses of other systems")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
