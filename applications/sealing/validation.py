"""What an uploaded PDF's signatures prove: each seal, whether its bytes still hold, and what was added afterwards.

Nothing here asks the database: `applications.sealing.check` sets the result beside this system's record.
"""

import datetime
import hashlib
import io
import re
import struct
import zlib
from dataclasses import dataclass
from enum import Enum

from asn1crypto import parser, x509
from django.utils import timezone
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.errors import PathError, ValidationError

from accounts import clock
from applications.sealing.deadline import TookTooLong, deadline
from applications.sealing.loops import finished
from applications.sealing.trust import SIGNING_USES, context, roots

#: More signatures than any form has; each costs work over all of the file.
MOST_SIGNATURES = 20
#: More end marks than any file has that was added to honestly; each revision is looked up in the record.
MOST_REVISIONS = 200
#: A form with three seals takes a tenth of a second.
MOST_SECONDS = 20
#: What pyHanko raises for damaged files and signatures, depending on where they are damaged.
UNREADABLE = (
    PdfError,
    SignatureValidationError,
    ValidationError,
    PathError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    AssertionError,
    OSError,
    RecursionError,
    struct.error,
    zlib.error,
)
_END = re.compile(rb"%%EOF(?:\r\n|\n|\r)?")


class Flaw(Enum):
    """Why a signature does not prove that the seal stands under this paper."""

    CHANGED = "changed"  # bytes it covers are other ones now
    ALTERED_AFTER = "altered_after"  # something other than further seals was added
    NOT_COVERED = "not_covered"  # parts of its own revision are outside of what was signed
    UNTRUSTED = "untrusted"  # no way to a trusted root
    EXPIRED = "expired"  # the certificate was not valid at the stated time
    WRONG_USE = "wrong_use"  # the certificate is not made for signing
    BROKEN = "broken"  # cannot be read


@dataclass(frozen=True)
class Signature:
    """One signature, in the order in which they were added.

    at: the time it states, or when `time_confirmed` that of a trusted time stamp. end: the number of bytes of the
    file up to the end of its revision. whole: it covers the file to its last byte.
    """

    field: str
    owner: str
    issuer: str
    serial: str
    fingerprint: str
    at: datetime.datetime | None
    time_confirmed: bool
    whole: bool
    end: int
    flaw: Flaw | None


@dataclass(frozen=True)
class Examined:
    """A PDF looked at. trouble: "", or "damaged", "encrypted", "too_many", "too_often", "too_long". prefixes: SHA-256
    of each revision of the file from its first byte, by length, shortest first."""

    trouble: str
    signatures: tuple[Signature, ...]
    prefixes: dict[int, str]
    size: int

    @property
    def tail(self) -> bool:
        """Whether bytes follow that no signature covers."""
        return bool(self.signatures) and not any(signature.whole for signature in self.signatures)


def examine(pdf: bytes) -> Examined:
    """Read all signatures of a PDF. Damaged, encrypted and strange files give `trouble`, never an exception."""
    if pdf.count(b"%%EOF") > MOST_REVISIONS:
        return Examined("too_often", (), {}, len(pdf))
    prefixes = revisions(pdf)
    try:
        with deadline(MOST_SECONDS):
            return _examined(pdf, prefixes)
    except TookTooLong:
        return Examined("too_long", (), prefixes, len(pdf))


def _examined(pdf: bytes, prefixes: dict[int, str]) -> Examined:
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        if reader.encrypted:
            return Examined("encrypted", (), prefixes, len(pdf))
        found = reader.embedded_regular_signatures
        if len(found) > MOST_SIGNATURES:
            return Examined("too_many", (), prefixes, len(pdf))
    except UNREADABLE:
        return Examined("" if _plainly_unsigned(pdf) else "damaged", (), prefixes, len(pdf))
    signatures = finished(_all(found, pdf))
    return Examined("", tuple(signatures), prefixes, len(pdf))


def _plainly_unsigned(pdf: bytes) -> bool:
    """Whether a file that breaks the rules of PDF a little, as scanners' do, can be read and has no signature."""
    if b"/ByteRange" in pdf:
        return False
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        return not reader.encrypted and not reader.embedded_regular_signatures
    except UNREADABLE:
        return False


def revisions(pdf: bytes) -> dict[int, str]:
    """The SHA-256 of the file up to each end mark, with and without the line end after it, by length."""
    ends = set()
    for mark in _END.finditer(pdf):
        ends |= {mark.start() + len(b"%%EOF"), mark.end()}
    digest, place, found = hashlib.sha256(), 0, {}
    for end in sorted(ends):
        digest.update(pdf[place:end])
        place = end
        found[end] = digest.hexdigest()
    return found


async def _all(found, pdf: bytes) -> list[Signature]:
    return [await _one(signature, pdf) for signature in found]


async def _one(embedded, pdf: bytes) -> Signature:
    try:
        certificate = embedded.signer_cert
        at = _stated_time(embedded)
        # Whether the certificate was valid is asked about the stated time: the paper outlives the certificate.
        trusted = context(at or clock.now(), embedded.other_embedded_certs)
        status = await async_validate_pdf_signature(embedded, trusted)
        stamp = status.timestamp_validity
        confirmed = bool(stamp and stamp.valid and stamp.trusted)
        at = stamp.timestamp if confirmed else at
        return Signature(
            field=str(embedded.field_name),
            **_words(certificate),
            at=at,
            time_confirmed=confirmed,
            whole=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
            end=_end(embedded),
            flaw=_flaw(embedded, status, certificate, pdf, at),
        )
    except UNREADABLE:
        name = str(getattr(embedded, "field_name", ""))
        return Signature(name, "", "", "", "", None, False, False, 0, Flaw.BROKEN)


def _words(certificate: x509.Certificate) -> dict[str, str]:
    return {
        "owner": certificate.subject.native.get("common_name", certificate.subject.human_friendly),
        "issuer": certificate.issuer.native.get("common_name", certificate.issuer.human_friendly),
        "serial": f"{certificate.serial_number:X}",
        "fingerprint": certificate.sha256.hex(),
    }


def _end(embedded) -> int:
    *_first, start, length = map(int, embedded.byte_range)
    return start + length


def _flaw(embedded, status, certificate, pdf: bytes, at) -> Flaw | None:
    usage = certificate.key_usage_value
    checks = (
        (Flaw.CHANGED, not (status.intact and status.valid) or _padding_used(embedded, pdf)),
        (Flaw.NOT_COVERED, status.coverage < SignatureCoverageLevel.ENTIRE_REVISION),
        (Flaw.ALTERED_AFTER, _altered(status)),
        (Flaw.WRONG_USE, usage is not None and not usage.native & SIGNING_USES),
        (Flaw.EXPIRED, at and not certificate.not_valid_before <= at <= certificate.not_valid_after),
        (Flaw.UNTRUSTED, not roots() or not status.trusted),
    )
    return next((flaw for flaw, found in checks if found), None)


def _altered(status) -> bool:
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return False
    return status.modification_level not in (
        ModificationLevel.NONE,
        ModificationLevel.LTA_UPDATES,
        ModificationLevel.FORM_FILLING,
    )


def _padding_used(embedded, pdf: bytes) -> bool:
    """Whether something was written into the room left over behind the signature, which no signature can cover."""
    first_start, first_length, second_start, _length = map(int, embedded.byte_range)
    digits = pdf[first_start + first_length : second_start].strip(b"<>")
    used = parser.peek(embedded.pkcs7_content)
    return bool(digits[used * 2 :].strip(b"0"))


def _stated_time(embedded) -> datetime.datetime | None:
    """The time a signature states; one without a zone is taken for this installation's."""
    at = embedded.self_reported_timestamp
    return timezone.make_aware(at) if at is not None and timezone.is_naive(at) else at
