"""Which certificates this installation trusts: those that lead to one of the root certificates kept in a folder."""

import datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import pem, x509
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError, ValidationError

from accounts import clock
from accounts.errors import Reason
from accounts.words import lazy_day
from applications.sealing.loops import finished

#: What a seal's certificate may be made for: one of these is enough.
SIGNING_USES = {"digital_signature", "non_repudiation"}


def roots() -> list[x509.Certificate]:
    """The trusted root certificates: every PEM file of settings.SEAL_TRUST_ROOTS. Other files are passed over."""
    folder = Path(settings.SEAL_TRUST_ROOTS)
    files = sorted(folder.glob("*.pem")) if folder.is_dir() else []
    return list(_read(tuple((path, path.stat().st_mtime_ns) for path in files)))


@lru_cache(maxsize=8)
def _read(files: tuple[tuple[Path, int], ...]) -> tuple[x509.Certificate, ...]:
    found = []
    for path, _changed in files:
        content = path.read_bytes()
        if pem.detect(content):
            found += [
                x509.Certificate.load(der)
                for kind, _headers, der in pem.unarmor(content, multiple=True)
                if kind == "CERTIFICATE"
            ]
    return tuple(found)


def context(moment: datetime.datetime, others=()) -> ValidationContext:
    """What the validator is to trust at a moment. It asks no server: revocation is this system's own record."""
    return ValidationContext(
        # Never the machine's own list: an empty folder means that nobody is trusted.
        trust_roots=roots(),
        other_certs=list(others),
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def validity(certificate: str) -> tuple[datetime.datetime, datetime.datetime]:
    """The first and the last moment of a certificate in PEM."""
    _kind, _headers, der = pem.unarmor(certificate.encode())
    loaded = x509.Certificate.load(der)
    return loaded.not_valid_before, loaded.not_valid_after


def why_untrusted(certificate: x509.Certificate, chain: list[x509.Certificate]) -> Reason | None:
    """Why a certificate cannot stand behind a seal today, or None: use, validity, and the way to a trusted root."""
    usage = certificate.key_usage_value
    if usage is not None and not usage.native & SIGNING_USES:
        return Reason(
            text=_("The certificate is not made for signing."),
            remedy=_("Ask whoever issued it for one whose key usage is digital signature."),
        )
    last = certificate.not_valid_after
    if last <= clock.now():
        return Reason(
            text=_("The certificate expired on %(day)s.") % {"day": lazy_day(timezone.localdate(last))},
            remedy=_("Ask whoever issued it for a new one."),
        )
    # A certificate may be registered before its first day; its chain is then asked about that day.
    moment = max(clock.now(), certificate.not_valid_before)
    if roots() and _leads_to_root(certificate, chain, moment):
        return None
    return Reason(
        text=_("The certificate does not lead to a root certificate this installation trusts."),
        remedy=_(
            "The system administrator may add the issuer's root certificate to the folder of trusted roots."
        ),
    )


def _leads_to_root(certificate, chain, moment) -> bool:
    validator = CertificateValidator(certificate, chain, validation_context=context(moment))
    try:
        finished(validator.async_validate_usage(set()))
    except (PathBuildingError, PathValidationError, ValidationError):
        return False
    return True
