"""What a supervision group recorded of a visit, in the field or at the desk."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TransitionLog, Unit, User
from applications.models import Cycle
from sites.models import Site
from sites.storage import paper_path
from supervision.enums import InspectionState
from supervision.models.groups import SupervisionGroup
from supervision.models.plans import PlannedVisit, ScopedQuerySet


class Inspection(models.Model):
    """One visit. `uid` is given by the device that recorded it, so that what is sent three times is one record."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(SupervisionGroup, models.PROTECT, related_name="inspections")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="inspections")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("county or park"))
    #: The unit visited, or the one the site belongs to.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name=_("site")
    )
    planned = models.ForeignKey(
        PlannedVisit, models.SET_NULL, null=True, blank=True, related_name="inspections"
    )
    visited_on = models.DateField(_("visited on"))
    #: Office titles and numbers, no register of persons.
    present = models.CharField(_("people present"), max_length=500, blank=True)
    #: The checklist as it was when the visit was recorded; a later version never alters it.
    checklist = models.JSONField(default=dict)
    #: By item code: {"answer": …, "note": …}.
    answers = models.JSONField(default=dict)
    summary = models.TextField(_("what was seen"), blank=True)
    #: Where it was recorded; only where the person chose to add it.
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy = models.PositiveIntegerField(_("accuracy in metres"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=InspectionState, default=InspectionState.RECEIVING)
    #: SHA-256 of the record as the device sent it; the same again is taken for sent twice, another one for a conflict.
    content_hash = models.CharField(max_length=64, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    #: When the device kept it, by the device's own clock.
    kept_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(_("received"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-visited_on", "-id"]
        verbose_name = _("inspection")
        indexes = [
            models.Index(fields=["unit", "visited_on"]),
            models.Index(fields=["site", "visited_on"]),
            models.Index(fields=["cycle", "area", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=InspectionState.values), name="inspection_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.visited_on}"

    @property
    def place(self) -> Site | Unit:
        """The site, or the unit itself."""
        return self.site or self.unit


class InspectionLog(TransitionLog):
    subject = models.ForeignKey(Inspection, models.PROTECT, related_name="log")


class PhotoQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(inspection__in=Inspection.objects.visible_to(user))

    def arrived(self):
        return self.exclude(arrived_at=None)


class InspectionPhoto(models.Model):
    """A photo of a visit, announced with the record and arriving by itself."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="photos")
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    order = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    #: Of the bytes as the device keeps and sends them.
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    file = models.FileField(upload_to=paper_path, blank=True)
    #: Perceptual hash, 64 bits in hex: the same picture in another size has nearly the same.
    fingerprint = models.CharField(max_length=16, blank=True, db_index=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    #: Where it was taken; only where the person chose to keep it.
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    arrived_at = models.DateTimeField(null=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("photo of a visit")

    def __str__(self) -> str:
        return f"{self.inspection} · {self.order}"
