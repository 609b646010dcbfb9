"""Papers with the seal of one unit alone, as letters and certificates are (`IssuedPaper`): signed electronically, or
stamped by hand."""

import datetime
import hashlib
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError
from accounts.models import Unit
from accounts.uploads import PDF, checked_content_type
from applications.models import IssuedPaper, Seal
from applications.sealing.provider import Mark
from applications.sealing.rules import valid_seal
from applications.services.seals import open_seal

#: The name of the signature field in such a paper.
SEAL_FIELD = "issuer"


@dataclass(frozen=True)
class Done:
    """What makes a paper a sealed one: the file (empty where there is only paper), when, and by which seal, if any."""

    pdf: bytes
    at: datetime.datetime
    seal: Seal | None = None


def sign(*, actor, paper: IssuedPaper, unit: Unit, passphrase: str) -> Done:
    """Sign a paper with the seal of its unit, over name and date. Nothing is written yet: it may wait for a time-stamp
    server, so it happens outside any lock.

    Raises DomainError for other than the keeper and a wrong passphrase.
    """
    key = open_seal(actor=actor, unit=unit, passphrase=passphrase)
    seal, now = valid_seal(unit), clock.now()
    with paper.pdf.open() as stream, seal.picture.open() as picture:
        mark = Mark(
            field=SEAL_FIELD,
            label=paper.content["issuer"],
            opinion="",
            dated=None,
            picture=picture.read(),
            owner=seal.name,
            **paper.content["place"],
        )
        return Done(key.seal(stream.read(), mark, now), now, seal)


def stamped(scan=None) -> Done:
    """A paper stamped by hand; `scan` is it as a PDF, if there is one. Raises DomainError for a file that is no PDF."""
    if scan:
        checked_content_type(scan, PDF)
    return Done(scan.read() if scan else b"", clock.now())


def keep_done(*, actor, paper: IssuedPaper, unit: Unit, done: Done) -> None:
    """Write down that a paper, held by the caller, is sealed or stamped.

    Raises DomainError when the unit's seal is another one by now.
    """
    if done.seal is not None and valid_seal(unit) != done.seal:
        raise DomainError(_("Somebody acted on this seal in between. Load the page again."))
    if done.pdf:
        paper.sealed_pdf.save("sealed.pdf", ContentFile(done.pdf), save=False)
        paper.sealed_sha256 = hashlib.sha256(done.pdf).hexdigest()
    paper.seal, paper.sealed_by, paper.sealed_at = done.seal, actor, done.at
    paper.save(update_fields=["sealed_pdf", "sealed_sha256", "seal", "sealed_by", "sealed_at"])
