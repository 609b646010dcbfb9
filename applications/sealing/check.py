"""An uploaded PDF set beside this system's record: which seals, whether they hold, and what the paper is."""

import hashlib
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.words import lazy_day
from applications.content import compared, content_hash, standing_content
from applications.enums import SealState
from applications.models import Application, FormVersion, Seal, Sealing
from applications.sealing.papers import SealedPaper, sealed_papers
from applications.sealing.validation import Examined, Flaw, Signature, examine


@dataclass(frozen=True)
class SealWords:
    """One seal as the page says it. good: it can be relied on."""

    owner: str
    unit: str
    signature: Signature
    good: bool
    words: str
    covers: str
    note: str


@dataclass(frozen=True)
class Record:
    """The form this file is, as far as the person may know. application None: a form of this system, not open to him
    or her. same: byte for byte a file kept here. changes: what the form says otherwise now."""

    application: Application | None
    version: FormVersion | None
    same: bool
    present: bool
    changes: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Checked:
    """The whole verdict: good (every seal holds), bad, or neither (nothing to check); in one sentence. paper: what
    the file is where it is no form."""

    good: bool
    bad: bool
    verdict: str
    seals: list[SealWords]
    record: Record | None
    paper: SealedPaper | None = None


def check_pdf(user, pdf: bytes) -> Checked:
    """What a PDF's seals prove, and whether it says what the record says. Raises nothing, whatever file it is given."""
    examined = examine(pdf)
    registered = _registered(examined)
    papers = {paper.sha256: paper for paper in sealed_papers(user, list(examined.prefixes.values()))}
    recorded = papers | _recorded(examined)
    whole = hashlib.sha256(pdf).hexdigest()
    seals = [
        _seal_words(signature, registered.get(signature.fingerprint), recorded, examined)
        for signature in examined.signatures
    ]
    good = bool(seals) and all(seal.good for seal in seals) and not examined.tail
    return Checked(
        good=good,
        bad=bool(examined.trouble) or (bool(seals) and not good),
        verdict=_verdict(examined, seals, good),
        seals=seals,
        record=_record(user, examined, whole),
        paper=papers.get(whole),
    )


def _registered(examined: Examined) -> dict[str, Seal]:
    prints = [signature.fingerprint for signature in examined.signatures]
    return {
        seal.fingerprint: seal for seal in Seal.objects.filter(fingerprint__in=prints).select_related("unit")
    }


def _recorded(examined: Examined) -> dict[str, Sealing]:
    """Sealings whose file is, byte for byte, the beginning of this one: their time is this system's own word."""
    rows = Sealing.objects.filter(pdf_sha256__in=examined.prefixes.values())
    return {row.pdf_sha256: row for row in rows.select_related("seal")}


def _verdict(examined: Examined, seals: list[SealWords], good: bool) -> str:
    trouble = {
        "damaged": _(
            "This file cannot be read: it is damaged or, like some scans, not written by the rules of PDF."
        ),
        "encrypted": _("The file is encrypted: its seals cannot be checked. Ask for it without a password."),
        "too_many": _("The file carries more signatures than any form does; it is not looked into."),
        "too_often": _("The file was added to more often than any form is; it is not looked into."),
        "too_long": _("The file takes longer to read than any form does; it is not looked into."),
    }
    if examined.trouble:
        return trouble[examined.trouble]
    if not seals:
        return _("The file carries no electronic seal.")
    if good:
        return ngettext(
            "The seal is valid, and nothing was changed after sealing.",
            "All %(count)s seals are valid, and nothing was changed after sealing.",
            len(seals),
        ) % {"count": len(seals)}
    if all(seal.good for seal in seals):
        return _("Do not rely on this file: something was added behind the last seal.")
    wrong = sum(not seal.good for seal in seals)
    return ngettext(
        "Do not rely on this file: %(wrong)s of its seals does not hold.",
        "Do not rely on this file: %(wrong)s of its seals do not hold.",
        wrong,
    ) % {"wrong": wrong}


# ---- one seal ----


def _seal_words(signature: Signature, seal: Seal | None, recorded, examined: Examined) -> SealWords:
    why, note = _why_not(signature, seal, _sealing(signature, recorded, examined))
    return SealWords(
        owner=seal.name if seal else signature.owner,
        unit=str(seal.unit) if seal else "",
        signature=signature,
        good=not why,
        words=why or _("Valid."),
        covers=_covers(signature, examined),
        note=note,
    )


def _sealing(signature: Signature, recorded, examined: Examined) -> Sealing | SealedPaper | None:
    return recorded.get(examined.prefixes.get(signature.end, ""))


def _why_not(
    signature: Signature, seal: Seal | None, sealing: Sealing | SealedPaper | None
) -> tuple[str, str]:
    """Why a seal does not hold ("" when it does), and what else is to be known of it."""
    if signature.flaw:
        return _flaw_words(signature), ""
    if seal is None:
        return _("The certificate is trusted, but no seal registered in this system has it."), ""
    if seal.state == SealState.REVOKED:
        return _of_revoked(signature, seal, sealing)
    if sealing is None:
        return "", _("It was not put on by this system; the time is the one its keeper states.")
    return "", ""


def _of_revoked(signature: Signature, seal: Seal, sealing: Sealing | SealedPaper | None) -> tuple[str, str]:
    last = seal.log.order_by("-id").first()
    day = lazy_day(timezone.localdate(seal.revoked_at))
    reason = last.reason if last else ""
    at = sealing.sealed_at if sealing else signature.at
    if sealing is None and not signature.time_confirmed:
        text = _(
            "The seal was revoked on %(day)s (%(reason)s), and nothing proves that this was sealed before."
        )
        return text % {"day": day, "reason": reason}, ""
    if at > seal.revoked_at:
        text = _("Sealed after the seal was revoked on %(day)s: %(reason)s")
        return text % {"day": day, "reason": reason}, ""
    return "", _("Valid when sealed; the seal was revoked on %(day)s: %(reason)s") % {
        "day": day,
        "reason": reason,
    }


def _flaw_words(signature: Signature) -> str:
    return {
        Flaw.CHANGED: _("Not valid: the file was changed after it was sealed."),
        Flaw.ALTERED_AFTER: _("Not valid: something other than further seals was added after it was sealed."),
        Flaw.NOT_COVERED: _("Not valid: it does not cover the whole paper."),
        Flaw.UNTRUSTED: _("Not valid: its certificate does not lead to a root certificate trusted here."),
        Flaw.EXPIRED: _("Not valid: its certificate was not valid on the day of sealing."),
        Flaw.WRONG_USE: _("Not valid: its certificate is not made for signing."),
        Flaw.BROKEN: _("Not valid: the signature is damaged and cannot be read."),
    }[signature.flaw]


def _covers(signature: Signature, examined: Examined) -> str:
    if signature.flaw in (Flaw.BROKEN, Flaw.CHANGED, Flaw.NOT_COVERED):
        return "—"
    if signature.whole:
        return _("the whole document")
    if signature.flaw == Flaw.ALTERED_AFTER:
        return _("the document as it was when sealed; other changes followed")
    return _("the document as it was when sealed; only permitted changes followed (further seals)")


# ---- the record ----


def _record(user, examined: Examined, whole: str) -> Record | None:
    """The form whose printed bytes the file begins with, or None."""
    hashes = [*examined.prefixes.values(), whole]
    version = (
        FormVersion.objects.filter(pdf_sha256__in=hashes)
        .select_related("application__cycle__programme__owner", "application__site", "application__level")
        .first()
    )
    if version is None:
        return None
    same = version.pdf_sha256 == whole or Sealing.objects.filter(version=version, pdf_sha256=whole).exists()
    if not FormVersion.objects.visible_to(user).filter(pk=version.pk).exists():
        return Record(None, None, same, False, [])
    application = version.application
    standing = standing_content(application)
    present = version.content_hash == content_hash(standing)
    changes = [] if present else compared(application, version.content, standing)
    return Record(application, version, same, present, changes)
