"""Findings and what becomes of them: report, second look, more time, help from elsewhere, letter, talk, proposal."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.enums import READING_ROLES, Role
from accounts.models import TransitionLog, Unit, User
from accounts.names import in_language
from accounts.scope import reached_unit_ids, units_with_role
from applications.models import Cycle, IssuedPaper
from assessments.models import RevocationProposal
from sites.models import Plaque, Site
from sites.models.sites import scope_of
from sites.storage import paper_path
from supervision.enums import (
    PENDING_FINDINGS,
    CoordinationState,
    EscalationState,
    FindingKind,
    FindingState,
    OfficeProposalState,
    RequestState,
)
from supervision.models.groups import Membership, SupervisionGroup
from supervision.models.inspections import Inspection


class FindingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Findings on what a person reaches, those his or her unit must put right, and those it was asked to help
        with."""
        if not user.is_authenticated:
            return self.none()
        reached = reached_unit_ids(user)
        asked = Coordination.objects.filter(to_unit_id__in=reached)
        return self.filter(
            scope_of(user, site="site") | Q(owner_id__in=reached) | Q(pk__in=asked.values("finding"))
        )

    def pending(self):
        """Those the owner unit still has to do something about."""
        return self.filter(state__in=PENDING_FINDINGS)

    def overdue(self, day):
        """Those whose day is over; while another office is asked, the clock stands still."""
        return self.filter(state=FindingState.OPEN, due_on__lt=day)


class FindingPartQuerySet(models.QuerySet):
    """What hangs on a finding."""

    def visible_to(self, user):
        return self.filter(finding__in=Finding.objects.visible_to(user))


class LetterQuerySet(FindingPartQuerySet):
    def visible_to(self, user):
        """Those on findings a person sees, once they are sent; also for whoever keeps the sender's seal."""
        if not user.is_authenticated:
            return self.none()
        seen = Q(finding__in=Finding.objects.visible_to(user)) & _open_to(user)
        return self.filter(seen | _kept_by(user))

    def known_to(self, user):
        """Those a person who sees their finding may know of; before they are sent, only the sender's side."""
        return self.filter(_open_to(user) | _kept_by(user))


def _open_to(user) -> Q:
    """Letters sealed or stamped; to the group and to who reads at the sender, from their number on."""
    members = Membership.objects.on(clock.today()).filter(user=user.pk)
    found = Q(sealed_at__isnull=False) | Q(finding__group__in=members.values("group"))
    for unit in units_with_role(user, READING_ROLES):
        found |= Q(finding__group__programme__owner__path__startswith=unit.path)
    return found


def _kept_by(user) -> Q:
    kept = [unit.pk for unit in units_with_role(user, (Role.SEAL_KEEPER,))]
    return Q(finding__group__programme__owner__in=kept)


class Finding(models.Model):
    """A difficulty or a defect a group found, and by when which unit puts it right."""

    #: Given by the device where it was recorded in the field.
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("number"), max_length=60, unique=True)
    inspection = models.ForeignKey(Inspection, models.PROTECT, null=True, blank=True, related_name="findings")
    group = models.ForeignKey(SupervisionGroup, models.PROTECT, related_name="findings")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="findings")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("county or park"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name=_("site")
    )
    owner = models.ForeignKey(
        Unit, models.PROTECT, related_name="owned_findings", verbose_name=_("unit responsible")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=FindingKind)
    #: A code of the cycle's severities, with its name and working days as they were then.
    severity = models.CharField(_("severity"), max_length=40)
    severity_name = models.CharField(max_length=60)
    severity_name_en = models.CharField(max_length=60, blank=True)
    text = models.TextField(_("what was found"))
    remedy = models.TextField(_("what is proposed"), blank=True)
    #: None only while it is taken in without a day: every finding has one.
    due_on = models.DateField(_("due"))
    first_due_on = models.DateField()
    state = models.CharField(max_length=12, choices=FindingState, default=FindingState.OPEN)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("supervision finding")
        indexes = [
            models.Index(fields=["state", "due_on"]),
            models.Index(fields=["owner", "state"]),
            models.Index(fields=["unit", "id"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FindingState.values), name="finding_state_known"),
            models.CheckConstraint(condition=Q(kind__in=FindingKind.values), name="finding_kind_known"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def place(self):
        """Where it was found: the site, or the unit that was visited."""
        return self.site or self.unit

    @property
    def severity_label(self) -> str:
        return in_language({"name": self.severity_name, "name_en": self.severity_name_en}, "name")


class FindingLog(TransitionLog):
    subject = models.ForeignKey(Finding, models.PROTECT, related_name="log")


class FindingReport(models.Model):
    """What the owner unit says it did."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="reports")
    text = models.TextField(_("what has been put right"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = FindingPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.finding} {self.made_at:%Y-%m-%d}"


class Recheck(models.Model):
    """The group's second look."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="rechecks")
    inspection = models.ForeignKey(Inspection, models.PROTECT, null=True, blank=True, related_name="rechecks")
    checked_on = models.DateField(_("on"))
    is_settled = models.BooleanField(_("put right"))
    note = models.TextField(_("note"), blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = FindingPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.finding} {self.checked_on}"


class FindingFile(models.Model):
    """Evidence: of the report, or of the second look."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="files")
    report = models.ForeignKey(FindingReport, models.PROTECT, null=True, blank=True, related_name="files")
    recheck = models.ForeignKey(Recheck, models.PROTECT, null=True, blank=True, related_name="files")
    file = models.FileField(upload_to=paper_path)
    name = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = FindingPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class DueExtension(models.Model):
    """More time, asked for by the owner unit with its reason, and the answer."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="extensions")
    until = models.DateField(_("until"))
    #: From the day it was due when this was asked; what is granted is counted together.
    working_days = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(_("reason"))
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    objects = FindingPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("request for more time")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RequestState.values), name="due_extension_state_known"
            ),
            models.UniqueConstraint(
                fields=["finding"], condition=Q(state="asked"), name="one_open_request_per_finding"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding} {self.until}"


class DueExtensionLog(TransitionLog):
    subject = models.ForeignKey(DueExtension, models.PROTECT, related_name="log")


class Coordination(models.Model):
    """协调: a difficulty the unit cannot solve alone, brought before the office or another section."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="coordinations")
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("asked"))
    question = models.TextField(_("what is needed"))
    answer_by = models.DateField(_("answer by"))
    state = models.CharField(max_length=10, choices=CoordinationState, default=CoordinationState.ASKED)
    answer = models.TextField(_("answer"), blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = FindingPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("coordination")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=CoordinationState.values), name="coordination_state_known"
            ),
            models.UniqueConstraint(
                fields=["finding"], condition=Q(state="asked"), name="one_open_coordination_per_finding"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding} · {self.to_unit}"


class CoordinationLog(TransitionLog):
    subject = models.ForeignKey(Coordination, models.PROTECT, related_name="log")


class Escalation(models.Model):
    """How far a finding has climbed while overdue: reminder, letter, talk, proposal; each step is in its log."""

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="escalation")
    state = models.CharField(max_length=10, choices=EscalationState, default=EscalationState.NONE)

    objects = FindingPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("escalation")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=EscalationState.values), name="escalation_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding} · {self.get_state_display()}"


class EscalationLog(TransitionLog):
    subject = models.ForeignKey(Escalation, models.PROTECT, related_name="log")


class ReminderLetter(IssuedPaper):
    """提醒函: numbered, printed once, sealed by hand on paper or electronically; kept as it was sent."""

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="letter")
    number = models.CharField(_("number"), max_length=100, unique=True)
    issued_on = models.DateField(_("issued on"))
    answer_by = models.DateField(_("answer by"))
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = LetterQuerySet.as_manager()

    class Meta(IssuedPaper.Meta):
        verbose_name = _("reminder letter")

    def __str__(self) -> str:
        return self.number


class Talk(models.Model):
    """约谈: who spoke with whom (by office), what was agreed and by when."""

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="talk")
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=100, blank=True)
    led_by = models.CharField(_("led by"), max_length=100, help_text=_("Office title."))
    with_whom = models.CharField(_("with"), max_length=200, help_text=_("Office titles."))
    minutes = models.TextField(_("what was agreed"))
    agreed_day = models.DateField(_("to be put right by"), null=True, blank=True)
    file = models.FileField(_("signed record"), upload_to=paper_path, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = FindingPartQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("talk")

    def __str__(self) -> str:
        return f"{self.finding} {self.held_on}"


class OfficeProposal(models.Model):
    """What a group proposes to the office where nothing else helped. A plaque is only ever taken back by the way of
    its own (`RevocationProposal`), begun by a person of the office."""

    finding = models.OneToOneField(Finding, models.PROTECT, related_name="proposal")
    plaque = models.ForeignKey(Plaque, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("proposal"))
    state = models.CharField(max_length=10, choices=OfficeProposalState, default=OfficeProposalState.PROPOSED)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revocation = models.ForeignKey(
        RevocationProposal, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = FindingPartQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("proposal to the office")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OfficeProposalState.values), name="office_proposal_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding} · {self.get_state_display()}"


class OfficeProposalLog(TransitionLog):
    subject = models.ForeignKey(OfficeProposal, models.PROTECT, related_name="log")
