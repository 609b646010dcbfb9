"""The demonstration's certificate: one county-level plaque, issued and waiting for its seal."""

from accounts.enums import Role
from accounts.models import RoleAssignment
from publicity.certificate_texts import usual_issuer
from publicity.services.certificates import issue_certificate
from sites.enums import Awarder
from sites.models import Plaque


def make_certificates(programme, staff) -> int:
    """Issue the certificate of a plaque whose county or park has a seal; the worker prints it. `staff` names who works
    for an area. Returns how many were issued."""
    kept = RoleAssignment.objects.filter(role=Role.SEAL_KEEPER).values("unit")
    own = Plaque.objects.in_force().filter(
        level__programme=programme, level__awarded_by=Awarder.AREA, site__area__in=kept
    )
    plaque = own.select_related("level__programme__owner", "site__area").order_by("pk").first()
    if plaque is None:
        return 0
    issue_certificate(actor=staff(plaque.site.area), plaque=plaque, issuer=usual_issuer(plaque))
    return 1
