"""Electronic seals: registered, revoked, put on forms."""

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import AuditResult, Role
from accounts.errors import DomainError, Reason, require
from accounts.models import Unit
from accounts.rules import why_not_role
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.words import lazy_day
from applications.deadlines import last_day_for
from applications.enums import SealAction
from applications.models import Application, FormVersion, Seal, Sealing
from applications.sealing.lettering import undrawable
from applications.sealing.picture import kept_picture
from applications.sealing.provider import (
    LARGEST_MATERIAL,
    MOST_CHARACTERS,
    Mark,
    SealingKey,
    WrongPassphrase,
    provider,
)
from applications.sealing.rules import (
    KEEPER,
    Box,
    boxes_of,
    next_box,
    valid_seal,
    why_locked,
    why_no_seal,
    why_not_seal,
)
from applications.services.common import lock, transition
from notices.services import notify


def register_seal(*, actor, unit: Unit, name: str, picture, key_file, passphrase: str) -> Seal:
    """Keep a unit's seal. `picture` and `key_file` are uploads; the passphrase is only tried, never kept.

    Raises DomainError, in words, for a picture or key file that cannot serve, and while another seal is valid.
    """
    require(why_not_role(actor, KEEPER, unit))
    if key_file.size > LARGEST_MATERIAL:
        raise DomainError(Reason(text=_("This is not a key file (PKCS#12): it is too large.")))
    shown = kept_picture(picture)
    credentials = provider().register(key_file.read(), passphrase)
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        require(_why_not_another(unit, credentials.fingerprint))
        seal = Seal(
            unit=unit,
            name=name.strip(),
            valid_from=timezone.localdate(credentials.not_before),
            valid_until=timezone.localdate(credentials.not_after),
            certificate=credentials.certificate,
            fingerprint=credentials.fingerprint,
            store=credentials.store,
            registered_by=actor,
            registered_at=clock.now(),
        )
        seal.picture.save("seal.png", ContentFile(shown), save=False)
        seal.save()
        record(action="seal.register", actor=actor, obj=seal, unit=unit, fingerprint=seal.fingerprint)
    return seal


def _why_not_another(unit: Unit, fingerprint: str) -> Reason | None:
    if valid_seal(unit):
        return Reason(
            text=_("%(unit)s has a valid seal already.") % {"unit": unit},
            remedy=_("Revoke it first, with the reason; then register the new one."),
        )
    if Seal.objects.filter(fingerprint=fingerprint).exists():
        return Reason(
            text=_("A seal with this certificate was registered before."),
            remedy=_("A revoked seal is not taken up again: ask for a new certificate."),
        )
    return None


def revoke_seal(*, actor, seal: Seal, reason: str) -> None:
    """From now on the seal seals nothing; what it sealed before stays valid, with the reason beside it."""
    transition(obj=seal, action=SealAction.REVOKE, actor=actor, reason=reason, revoked_at=clock.now())


def open_seal(*, actor, unit: Unit, passphrase: str) -> SealingKey:
    """The unit's seal opened with its passphrase, for one or several forms.

    Raises DomainError for a wrong one, which is put on the audit trail, and after several of them for a while.
    """
    require(why_not_role(actor, KEEPER, unit))
    require(why_no_seal(unit))
    with transaction.atomic():
        # Locked, so that many tries at once are counted one by one.
        seal = Seal.objects.select_for_update(of=("self",)).get(pk=valid_seal(unit).pk)
        require(why_locked(seal))
        try:
            return provider().open(bytes(seal.store), passphrase)
        except WrongPassphrase as error:
            wrong = error
            record(
                action="seal.open",
                actor=actor,
                obj=seal,
                unit=unit,
                reason=str(error),
                result=AuditResult.REFUSED,
            )
    raise wrong


def seal_version(
    *,
    actor,
    version: FormVersion,
    box: str,
    opinion: str,
    passphrase: str = "",
    key: SealingKey | None = None,
) -> Sealing:
    """Put the unit's seal into an opinion box of a printed version (see applications.paper.printed).

    `key` is the seal opened beforehand for several forms (`open_seal`); else `passphrase` opens it. The signing, which
    may wait for a time-stamp server, happens outside the lock; if somebody else sealed meanwhile, this one is refused.

    Raises DomainError with the first reason why not (see `why_not_seal`), and for a wrong passphrase.
    """
    require(why_not_seal(actor, version, box))
    chosen = next(one for one in boxes_of(version) if one.code == box)
    opinion = _checked_opinion(opinion, chosen)
    seal, base = valid_seal(chosen.unit), version.sealings.order_by("order").last()
    key = key or open_seal(actor=actor, unit=chosen.unit, passphrase=passphrase)
    now = clock.now()
    mark = _mark(chosen, seal, opinion, timezone.localdate(now))
    signed = key.seal(_content(base.pdf if base else version.pdf), mark, now)
    with transaction.atomic():
        lock(version.application)
        locked = FormVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        require(why_not_seal(actor, locked, box))
        if locked.sealings.order_by("order").last() != base or valid_seal(chosen.unit) != seal:
            raise DomainError(_("Somebody acted on this form in between. Load the page again."))
        return _keep(locked, chosen, seal, opinion, signed, actor, now, order=base.order + 1 if base else 1)


def _checked_opinion(opinion: str, box: Box) -> str:
    opinion = "".join(opinion.split())
    if not opinion and not box.lines:
        raise DomainError(_("Write the opinion: an empty box is not sealed."))
    if len(opinion) > MOST_CHARACTERS:
        raise DomainError(
            _("The opinion has %(count)s characters; the box has room for %(most)s.")
            % {"count": len(opinion), "most": MOST_CHARACTERS}
        )
    if strange := undrawable(opinion):
        raise DomainError(_("No font of this machine can print: %(characters)s") % {"characters": strange})
    return opinion


def _mark(box: Box, seal: Seal, opinion: str, today) -> Mark:
    place = box.version.places.get(box.code)
    if place is None or not box.version.pdf:
        raise DomainError(_("The form is printed without a place for this seal."))
    return Mark(
        field=box.code,
        label=box.title,
        page=place["page"],
        left=place["left"],
        top=place["top"],
        opinion=opinion,
        dated=today,
        picture=_content(seal.picture),
        owner=seal.name,
    )


def _content(file) -> bytes:
    with file.open() as stream:
        return stream.read()


def _keep(version, box: Box, seal: Seal, opinion: str, signed: bytes, actor, now, *, order: int) -> Sealing:
    sealing = Sealing(
        version=version,
        box=box.code,
        order=order,
        seal=seal,
        opinion=opinion,
        dated=timezone.localdate(now),
        pdf_sha256=hashlib.sha256(signed).hexdigest(),
        sealed_by=actor,
        sealed_at=now,
    )
    sealing.pdf.save("sealed.pdf", ContentFile(signed), save=False)
    sealing.save()
    application = version.application
    record(
        action="version.seal",
        actor=actor,
        obj=application,
        unit=box.unit,
        version=version.number,
        box=box.code,
        seal=seal.name,
    )
    _tell_next(version)
    return sealing


def _tell_county(application: Application) -> None:
    last_day = last_day_for(application)
    body = format_lazy(gettext_lazy("To be submitted by {day}."), day=lazy_day(last_day)) if last_day else ""
    notify(
        recipients=users_with_role(Role.UNIT_STAFF, application.area),
        subject=format_lazy(
            gettext_lazy("The form is sealed and can be submitted: {site} ({level})"),
            site=application.site.name,
            level=application.level.name,
        ),
        body=body,
        url=reverse("applications:submit", args=[application.pk]),
    )


def _tell_next(version: FormVersion) -> None:
    """Who is asked next: the county, to hand in the form it has sealed; later the keeper of the next box."""
    if version.filed_at is None:
        _tell_county(version.application)
        return
    box = next_box(version)
    if box is None or box.unit is None:
        return
    notify(
        recipients=users_with_role(Role.SEAL_KEEPER, box.unit),
        subject=format_lazy(
            gettext_lazy("A form waits for your seal: {site} ({level})"),
            site=version.application.site.name,
            level=version.application.level.name,
        ),
        body=format_lazy(gettext_lazy("Application {number}."), number=version.application.number),
        url=reverse("applications:seals"),
    )
