"""Joint conferences, promotion meetings and whatever meetings a scheme asks for."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TransitionLog, Unit, User
from accounts.scope import reached_unit_ids
from applications.models import Cycle
from sites.storage import paper_path
from supervision.enums import MeetingState


class UnitQuerySet(models.QuerySet):
    """Rows of one unit: read by those who reach it."""

    def visible_to(self, user):
        return self.filter(unit_id__in=reached_unit_ids(user)) if user.is_authenticated else self.none()


class MeetingQuerySet(UnitQuerySet):
    def visible_to(self, user):
        """Meetings of the units a person reaches, and what the owner of a programme calls for all who belong to it."""
        if not user.is_authenticated or not (reached := reached_unit_ids(user)):
            return self.none()
        called_for_all = Q(unit=F("cycle__programme__owner"), cycle__in=Cycle.objects.visible_to(user))
        return self.filter(Q(unit_id__in=reached) | called_for_all)


class Meeting(models.Model):
    """One meeting of one unit. Its kind is a code of the cycle's scheme (programmes/schema.json)."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="meetings")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="meetings", verbose_name=_("called by"))
    kind = models.CharField(max_length=40)
    title = models.CharField(_("title"), max_length=200)
    planned_on = models.DateField(_("planned for"))
    held_on = models.DateField(_("held on"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    chair = models.CharField(_("chaired by"), max_length=100, blank=True, help_text=_("Office title."))
    participants = models.PositiveIntegerField(_("number of participants"), null=True, blank=True)
    #: Units and offices, no register of persons.
    attended = models.TextField(_("units that took part"), blank=True)
    agenda = models.TextField(_("agenda"), blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_on", "-id"]
        verbose_name = _("meeting")
        indexes = [models.Index(fields=["cycle", "kind", "state"])]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MeetingState.values), name="meeting_state_known"),
            models.CheckConstraint(
                condition=Q(state="held", held_on__isnull=False) | ~Q(state="held"),
                name="meeting_held_has_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MeetingLog(TransitionLog):
    subject = models.ForeignKey(Meeting, models.PROTECT, related_name="log")


class MeetingPartQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(meeting__in=Meeting.objects.visible_to(user))


class MeetingSpeaker(models.Model):
    """Who speaks on what, by office and unit."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="speakers")
    order = models.PositiveSmallIntegerField(default=0)
    speaker = models.CharField(_("speaker"), max_length=100, help_text=_("Unit or office title."))
    topic = models.CharField(_("topic"), max_length=200)

    objects = MeetingPartQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.speaker} · {self.topic}"


class MeetingFile(models.Model):
    """Notice, minutes, photos."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="files")
    file = models.FileField(upload_to=paper_path)
    name = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = MeetingPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
