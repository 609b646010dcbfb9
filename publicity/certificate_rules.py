"""Who makes, seals and stamps the certificate of a plaque, and why not."""

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason
from accounts.rules import has_role, why_not_role
from publicity.models import Certificate
from sites.enums import IN_FORCE_STATES, Awarder
from sites.models import Plaque
from sites.rules import awarding_roles, awarding_unit


def issuing_unit(plaque: Plaque):
    """The unit whose name and seal stand on the certificate: whoever awards the level."""
    return awarding_unit(plaque.level, plaque.site)


def why_not_issue(user, plaque: Plaque) -> Reason | None:
    """None when the person may make a certificate of the plaque: whoever awards the level, while it is in force."""
    if plaque.level.awarded_by == Awarder.ABOVE:
        return Reason(
            text=_("The department above awards this level: its certificate comes from there."),
        )
    return why_not_role(user, awarding_roles(plaque.level), issuing_unit(plaque)) or why_not_in_force(plaque)


def why_not_another(latest: Certificate | None, reason: str) -> Reason | None:
    """A certificate is printed once; another edition needs its reason, and the one before must be there."""
    if latest is None:
        return None
    if not latest.pdf:
        return Reason(
            text=_("The certificate is being printed."), remedy=_("Load the page again in a minute.")
        )
    if not reason.strip():
        return Reason(
            text=_("There is a certificate already: it is printed once."),
            remedy=_("Write why another edition is needed: a spoilt or lost print, a renamed site."),
        )
    return None


def why_not_seal_certificate(user, certificate: Certificate) -> Reason | None:
    """None when the keeper of the issuing unit's seal may put it on a certificate."""
    unit = issuing_unit(certificate.plaque)
    return why_not_role(user, (Role.SEAL_KEEPER,), unit) or _why_not_open(certificate)


def why_not_stamp_certificate(user, certificate: Certificate) -> Reason | None:
    """None when the person may note that a certificate was stamped by hand: the keeper, or whoever awards."""
    plaque, unit = certificate.plaque, issuing_unit(certificate.plaque)
    if user is not None and has_role(user, Role.SEAL_KEEPER, unit):
        return _why_not_open(certificate)
    return why_not_role(user, awarding_roles(plaque.level), unit) or _why_not_open(certificate)


def _why_not_open(certificate: Certificate) -> Reason | None:
    if certificate.sealed_at is not None:
        return Reason(text=_("The certificate was sealed before: it is sealed once."))
    if (refusal := why_not_in_force(certificate.plaque)) is not None:
        return refusal
    if not certificate.pdf:
        return Reason(
            text=_("The certificate is being printed."), remedy=_("Load the page again in a minute.")
        )
    if certificate.plaque.certificates.filter(edition__gt=certificate.edition).exists():
        return Reason(text=_("A later edition has taken its place."))
    return None


def why_not_in_force(plaque: Plaque) -> Reason | None:
    """Why there is nothing to certify of a plaque today."""
    still_valid = plaque.valid_until is None or plaque.valid_until >= clock.today()
    if plaque.state in IN_FORCE_STATES and still_valid:
        return None
    return Reason(
        text=_("The plaque is not in force: there is nothing to certify."),
        remedy=_("A certificate can be made when it is in force again."),
    )
