"""Electronic seals of units, and what they were put on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import TransitionLog, Unit, User
from accounts.scope import reached_unit_ids, units_with_role
from applications.enums import SealState
from applications.models.papers import FormVersion
from sites.storage import paper_path


class SealQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Seals of the units whose seal a person keeps, and of those a person reads or administers."""
        if not user.is_authenticated:
            return self.none()
        kept = [unit.pk for unit in units_with_role(user, (Role.SEAL_KEEPER,))]
        administered = Q()
        for unit in units_with_role(user, (Role.SECURITY_ADMIN,)):
            administered |= Q(unit__path__startswith=unit.path)
        return self.filter(Q(unit_id__in=kept) | Q(unit_id__in=reached_unit_ids(user)) | administered)


class Seal(models.Model):
    """A unit's electronic seal: picture, name, owner, certificate. Never a picture alone.

    `store` is the key with its certificate (PKCS#12), encrypted once more with the installation's key; the
    passphrase that opens it is asked for at every sealing and kept nowhere.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="seals", verbose_name=_("unit"))
    name = models.CharField(_("name on the seal"), max_length=100)
    picture = models.FileField(_("picture"), upload_to=paper_path)
    valid_from = models.DateField(_("valid from"))
    #: The last day on which it may seal.
    valid_until = models.DateField(_("valid until"))
    certificate = models.TextField()
    fingerprint = models.CharField(max_length=64)
    store = models.BinaryField()
    state = models.CharField(max_length=10, choices=SealState, default=SealState.VALID)
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    registered_at = models.DateTimeField(_("registered"))
    revoked_at = models.DateTimeField(null=True)

    objects = SealQuerySet.as_manager()

    class Meta:
        ordering = ["unit_id", "-id"]
        verbose_name = _("seal")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SealState.values), name="seal_state_known"),
            models.UniqueConstraint(fields=["fingerprint"], name="seal_certificate_once"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(state="valid"), name="one_valid_seal_per_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SealLog(TransitionLog):
    subject = models.ForeignKey(Seal, models.PROTECT, related_name="log")


class IssuedPaper(models.Model):
    """What letters and certificates have in common: made once with the seal of one unit, kept as they were issued."""

    #: What it says, fixed before it is made; with the `issuer` and the `place` of its seal.
    content = models.JSONField(default=dict)
    pdf = models.FileField(upload_to=paper_path, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    #: None while it is not sealed, and of one stamped by hand.
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, blank=True, related_name="+")
    sealed_pdf = models.FileField(upload_to=paper_path, blank=True)
    sealed_sha256 = models.CharField(max_length=64, blank=True)
    sealed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["-id"]


class Sealing(models.Model):
    """One seal put into one opinion box of one form version, with the signed file as it was then."""

    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="sealings")
    #: The opinion box by its code in the cycle's form.
    box = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="sealings")
    opinion = models.CharField(_("opinion"), max_length=200)
    dated = models.DateField(_("date"))
    pdf = models.FileField(upload_to=paper_path)
    pdf_sha256 = models.CharField(max_length=64)
    sealed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField(_("time"))

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "box"], name="box_sealed_once"),
            models.UniqueConstraint(fields=["version", "order"], name="sealing_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.box} {self.seal}"
