"""Certificates of plaques: printed once, sealed, with the code under which anybody checks the plaque."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from accounts.scope import units_with_role
from applications.models import IssuedPaper
from sites.enums import Awarder
from sites.models import Plaque


class CertificateQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever sees the plaque, and the keeper of the seal that belongs on the certificate."""
        if not user.is_authenticated:
            return self.none()
        kept = units_with_role(user, (Role.SEAL_KEEPER,))
        seen = Q(Exists(Plaque.objects.seen_by(user).filter(pk=OuterRef("plaque"))))
        return self.filter(seen | self.issued_by(kept)) if kept else self.filter(seen)

    @staticmethod
    def issued_by(units) -> Q:
        """Certificates of the plaques that these units award."""
        own = Q(plaque__level__awarded_by=Awarder.AREA, plaque__site__area__in=units)
        return own | Q(plaque__level__awarded_by=Awarder.OWNER, plaque__level__programme__owner__in=units)


class Certificate(IssuedPaper):
    """证书 of one plaque, kept as it was issued."""

    plaque = models.ForeignKey(Plaque, models.PROTECT, related_name="certificates")
    #: 1 is the first; a later one replaces a spoilt or lost print, with what it says fixed anew.
    edition = models.PositiveSmallIntegerField(default=1)
    issued_on = models.DateField(_("issued on"))
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = CertificateQuerySet.as_manager()

    class Meta(IssuedPaper.Meta):
        verbose_name = _("certificate")
        constraints = [models.UniqueConstraint(fields=["plaque", "edition"], name="certificate_edition_once")]

    def __str__(self) -> str:
        return f"{self.plaque} ({self.edition})"
