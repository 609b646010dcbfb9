"""Certificates of plaques: what one says is fixed, it is printed once, then sealed or stamped."""

import hashlib

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction as database
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.selectors import users_with_role
from accounts.services import record
from applications.services.sealed_papers import Done, keep_done, sign, stamped
from notices.services import notify
from publicity.certificate_rules import (
    issuing_unit,
    why_not_another,
    why_not_in_force,
    why_not_issue,
    why_not_seal_certificate,
    why_not_stamp_certificate,
)
from publicity.certificate_texts import certificate_content
from publicity.models import Certificate
from sites.models import Plaque
from sites.rules import awarding_roles

CERTIFICATES_TASK = "publicity.tasks.make_certificates"
_RELATED = (
    "plaque__level__programme__owner",
    "plaque__site__area",
    "plaque__site__category",
    "plaque__site__programme",
)


@database.atomic
def issue_certificate(*, actor, plaque: Plaque, issuer: str, reason: str = "") -> Certificate:
    """Fix what the certificate of a plaque says, under the name of the issuing unit; it is printed right after this
    commits. A second one is a new edition and needs its `reason`.

    Raises DomainError for other people, for a plaque that is not in force, and without an issuer or reason.
    """
    plaque = _lock_plaque(plaque)
    require(why_not_issue(actor, plaque))
    latest = plaque.certificates.order_by("-edition").first()
    require(why_not_another(latest, reason))
    if not issuer.strip():
        raise DomainError(Reason(text=_("Write under whose name the certificate is issued.")))
    edition = latest.edition + 1 if latest else 1
    certificate = Certificate.objects.create(
        plaque=plaque,
        edition=edition,
        issued_on=clock.today(),
        content=certificate_content(plaque, issuer.strip(), edition) | {"reason": reason.strip()},
        made_by=actor,
        made_at=clock.now(),
    )
    record(
        action="certificate.issue",
        actor=actor,
        obj=certificate,
        reason=reason.strip(),
        unit=plaque.site.area,
        edition=edition,
    )
    # By name: tasks stand above services. What the queue misses, the minute's round picks up.
    database.on_commit(lambda: current_app.send_task(CERTIFICATES_TASK), robust=True)
    return certificate


@database.atomic
def keep_certificate(*, certificate: Certificate, pdf: bytes, place: dict) -> Certificate:
    """Keep a certificate's PDF for good, with where its seal belongs ({"page", "left", "top"}, millimetres), and tell
    who seals it; one made at the same moment elsewhere stays, and of a plaque no longer in force nobody is told."""
    locked = _lock(certificate)
    if locked.pdf:
        return locked
    locked.pdf.save("certificate.pdf", ContentFile(pdf), save=False)
    locked.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    locked.content = locked.content | {"place": place}
    locked.save(update_fields=["pdf", "pdf_sha256", "content"])
    plaque, unit = locked.plaque, issuing_unit(locked.plaque)
    record(action="certificate.make", actor=None, obj=locked, unit=plaque.site.area, sha256=locked.pdf_sha256)
    if why_not_in_force(plaque) is not None:
        return locked  # revoked while it was being printed: nobody is asked to seal it
    people = list(users_with_role(Role.SEAL_KEEPER, unit)) or _awarders(plaque)
    _tell(locked, people, gettext_lazy("A certificate waits for its seal: {number} {site}"))
    return locked


def seal_certificate(*, actor, certificate: Certificate, passphrase: str) -> Certificate:
    """Put the issuing unit's seal on a certificate, over name and date, as a signature that verifies.

    The signing, which may wait for a time-stamp server, happens outside the lock; whoever is second is refused.
    Raises DomainError for other than the keeper, a wrong passphrase, and a certificate sealed before.
    """
    certificate = Certificate.objects.select_related(*_RELATED).get(pk=certificate.pk)
    require(why_not_seal_certificate(actor, certificate))
    done = sign(actor=actor, paper=certificate, unit=issuing_unit(certificate.plaque), passphrase=passphrase)
    with database.atomic():
        locked = _lock(certificate)
        require(why_not_seal_certificate(actor, locked))
        return _keep_done(actor, locked, done)


@database.atomic
def stamp_certificate(*, actor, certificate: Certificate, scan=None) -> Certificate:
    """Note that a certificate was stamped by hand on paper; `scan` is the stamped one as a PDF, if there is one.

    Raises DomainError for other people, a certificate sealed before, and a file that is no PDF.
    """
    locked = _lock(certificate)
    require(why_not_stamp_certificate(actor, locked))
    return _keep_done(actor, locked, stamped(scan))


def _keep_done(actor, certificate: Certificate, done: Done) -> Certificate:
    keep_done(actor=actor, paper=certificate, unit=issuing_unit(certificate.plaque), done=done)
    area = certificate.plaque.site.area
    action = "certificate.seal" if done.seal else "certificate.stamp"
    record(action=action, actor=actor, obj=certificate, unit=area, sha256=certificate.sealed_sha256)
    staff = users_with_role(Role.UNIT_STAFF, area)
    _tell(certificate, staff, gettext_lazy("The certificate is ready: {number} {site}"))
    return certificate


def _awarders(plaque: Plaque) -> list:
    unit = issuing_unit(plaque)
    return [person for role in awarding_roles(plaque.level) for person in users_with_role(role, unit)]


def _tell(certificate: Certificate, people, subject) -> None:
    plaque = certificate.plaque
    notify(
        recipients=people,
        subject=format_lazy(subject, number=plaque.number, site=plaque.site.name),
        url=reverse("publicity:certificate", args=[certificate.pk]),
    )


def _lock_plaque(plaque: Plaque) -> Plaque:
    rows = Plaque.objects.select_for_update(of=("self",))
    names = [name.removeprefix("plaque__") for name in _RELATED]
    return rows.select_related(*names).get(pk=plaque.pk)


def _lock(certificate: Certificate) -> Certificate:
    """The plaque first: what ends it, or a later edition, waits until this is done."""
    Plaque.objects.select_for_update(of=("self",)).get(pk=certificate.plaque_id)
    rows = Certificate.objects.select_for_update(of=("self",))
    return rows.select_related(*_RELATED).get(pk=certificate.pk)
