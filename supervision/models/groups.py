import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Unit, User
from accounts.names import TwoLanguageName
from accounts.scope import reached_unit_ids
from sites.models import Programme


class DatedQuerySet(models.QuerySet):
    """Rows that hold from a day up to (not including) another."""

    def on(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def not_over(self, day):
        """Those that hold on a day or begin later."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day))


class DatedRow(models.Model):
    """From a day up to, not including, another; people are told the last day."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        abstract = True

    @property
    def last_day(self) -> datetime.date | None:
        """The last day on which it holds; the first where it was ended on the day it began."""
        if self.valid_to is None:
            return None
        return max(self.valid_from, self.valid_to - datetime.timedelta(days=1))


class SupervisionGroupQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Groups that look after an area the person reaches, and those he or she belongs to now."""
        if not user.is_authenticated:
            return self.none()
        today = clock.today()
        areas = GroupArea.objects.on(today).filter(area_id__in=reached_unit_ids(user))
        own = Membership.objects.on(today).filter(user=user)
        return self.filter(Q(pk__in=areas.values("group_id")) | Q(pk__in=own.values("group_id")))


class SupervisionGroup(TwoLanguageName):
    """督导组: a leader, responsible sections and areas to look after."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="supervision_groups")
    code = models.CharField(max_length=40)
    leader = models.CharField(_("leader"), max_length=100, help_text=_("Office title."))
    #: Names of the department's sections that answer for the group.
    sections = models.JSONField(default=list)
    #: When the office last changed it by hand: from then on a programme file leaves the group and its areas alone.
    edited_at = models.DateTimeField(null=True, editable=False)

    objects = SupervisionGroupQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("supervision group")
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="group_code_once")]


class GroupArea(DatedRow):
    """An area a group looks after, from a day up to (not including) another."""

    group = models.ForeignKey(SupervisionGroup, models.CASCADE, related_name="areas")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "area"], condition=Q(valid_to=None), name="group_area_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} · {self.area}"


class Membership(DatedRow):
    """A person in a group, from a day up to (not including) another."""

    group = models.ForeignKey(SupervisionGroup, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="supervision_memberships")

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "user"], condition=Q(valid_to=None), name="membership_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.group}"
