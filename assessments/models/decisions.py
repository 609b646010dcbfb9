"""What is decided on a passed site: deliberation, ranked recommendation, public notice with its objections."""

from django.db import models
from django.db.models import F, Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.scope import units_with_role
from applications.models import Cycle
from assessments.enums import ObjectionChannel, ObjectionOutcome
from assessments.models.acceptance import Assessment
from sites.models import Level
from sites.storage import paper_path


class Deliberation(models.Model):
    """What the department's meeting decided (部务会研究), with the number of its minutes."""

    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="deliberation")
    held_on = models.DateField(_("held on"))
    minutes_number = models.CharField(_("number of the minutes"), max_length=100)
    approved = models.BooleanField(_("approved"))
    opinion = models.TextField(_("opinion"), max_length=1000)
    minutes = models.FileField(_("minutes (scan)"), upload_to=paper_path, blank=True)
    minutes_name = models.CharField(max_length=200, blank=True)
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

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="notice_dates_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} {self.starts_on}–{self.ends_on}"


def new_receipt() -> str:
    """The unguessable code with which whoever objected looks up what came of it."""
    return get_random_string(12, "23456789ABCDEFGHJKLMNPQRSTUVWXYZ")


class ObjectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Objections are for the office that decides them: neither the county concerned nor anybody else."""
        owners = units_with_role(user, (Role.OFFICE,)) if user.is_authenticated else ()
        return self.filter(notice__assessment__application__cycle__programme__owner__in=owners)


class Objection(models.Model):
    """异议: what somebody brought forward during a notice, and what came of it. Name and contact only if given;
    only the office that decides reads them, and they are wiped when they are no longer needed."""

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections")
    received_on = models.DateField(_("received on"))
    text = models.TextField(_("what is objected to"), max_length=2000)
    channel = models.CharField(max_length=10, choices=ObjectionChannel, default=ObjectionChannel.OFFICE)
    #: For objections from the public page: the code with which their outcome is looked up (`new_receipt`).
    receipt = models.CharField(max_length=12, unique=True, null=True, editable=False)
    objector = models.CharField(_("name (if you like)"), max_length=100, blank=True)
    contact = models.CharField(_("how to reach you (if you like)"), max_length=200, blank=True)
    #: Keyed hash of the address it came from, for the limit per address; never the address itself.
    sender = models.CharField(max_length=64, blank=True, editable=False)
    received_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=ObjectionOutcome, default=ObjectionOutcome.OPEN)
    findings = models.TextField(_("findings"), max_length=2000, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("objection")
        indexes = [models.Index(fields=["sender", "received_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="open") | ~Q(findings=""), name="objection_decided_has_findings"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_on}"

    @property
    def receipt_shown(self) -> str:
        """The code in groups of four, as people read it out."""
        code = self.receipt or ""
        return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


class FailedLookup(models.Model):
    """A code that was tried on the public page and is nobody's: counted to stop guessing, wiped after two days."""

    #: Keyed hash of the address it came from; never the address itself.
    sender = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sender", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
