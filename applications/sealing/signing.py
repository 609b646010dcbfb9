"""Putting a seal on a PDF: an incremental update with a signature field whose appearance is the seal.

PAdES baseline B-B (ETSI EN 319 142-1): detached CMS with the signing certificate's hash signed, SHA-256. With
settings.SEAL_TIMESTAMP_URL a time-stamp server confirms the time: B-T.
"""

import datetime
import io
from collections.abc import Callable

from asn1crypto import x509
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from accounts.errors import DomainError, Reason
from applications.sealing.appearance import POINTS, SealAppearance, rectangle
from applications.sealing.loops import finished
from applications.sealing.provider import Mark

# Room for the signature itself, its attributes and, where there is one, the time stamp with its certificates.
_SIGNATURE_BYTES, _TIMESTAMP_BYTES = 2048, 12288


class KeySigner(Signer):
    """A signer whose key stays loaded: pyHanko's own loads it anew for every signature.

    `signature` returns the raw signature of the bytes given to it, made with SHA-256.
    """

    def __init__(
        self,
        certificate: x509.Certificate,
        chain: list[x509.Certificate],
        signature: Callable[[bytes], bytes],
    ):
        registry = SimpleCertificateStore()
        registry.register_multiple(chain)
        super().__init__(signing_cert=certificate, cert_registry=registry)
        self._signature = signature
        self.size = sum(len(one.dump()) for one in [certificate, *chain]) + _SIGNATURE_BYTES

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run=False) -> bytes:
        return self._signature(data)


class _DatedSigner(PdfSigner):
    """Signs at a stated time instead of the machine's."""

    def __init__(self, *args, at: datetime.datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self._at = at

    def init_signing_session(self, *args, **kwargs):
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


class _Style:
    """What pyHanko asks for the appearance of a signature."""

    def __init__(self, mark: Mark):
        self._mark = mark

    def create_stamp(self, writer, box, text_params) -> SealAppearance:
        return SealAppearance(writer, box, self._mark)


def sign(pdf: bytes, mark: Mark, signer: KeySigner, at: datetime.datetime) -> bytes:
    """`pdf` with one seal more, as an incremental update: its first bytes stay exactly as they were.

    Args:
        mark: the seal and where it belongs.
        at: the stated time of sealing, aware.

    Raises: DomainError when the PDF is damaged, has the field already, or the time-stamp server does not answer.
    """
    timestamper = HTTPTimeStamper(settings.SEAL_TIMESTAMP_URL) if settings.SEAL_TIMESTAMP_URL else None
    room = signer.size + (_TIMESTAMP_BYTES if timestamper else 0)
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        signing = _DatedSigner(
            _metadata(mark),
            signer,
            timestamper=timestamper,
            stamp_style=_Style(mark),
            new_field_spec=_field(writer, mark),
            at=at,
        )
        # Written in hexadecimal digits: two for a byte.
        return finished(signing.async_sign_pdf(writer, bytes_reserved=2 * room)).getvalue()
    except TimestampRequestError as error:
        raise DomainError(
            Reason(
                text=_("The time-stamp server does not answer; nothing was sealed."),
                remedy=_("Try again later, or tell the system administrator."),
            )
        ) from error
    except (PdfError, SigningError) as error:
        raise DomainError(Reason(text=_("This PDF cannot be sealed: %(why)s.") % {"why": error})) from error


def _metadata(mark: Mark) -> PdfSignatureMetadata:
    return PdfSignatureMetadata(
        field_name=mark.field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=mark.owner,
        reason=mark.opinion or None,
    )


def _field(writer: IncrementalPdfFileWriter, mark: Mark) -> SigFieldSpec:
    page, _resources = writer.prev.find_page_for_modification(mark.page - 1)
    height = float(page.get_object()["/MediaBox"][3])
    left, top, width, depth = (POINTS * length for length in rectangle(mark))
    return SigFieldSpec(
        mark.field,
        on_page=mark.page - 1,
        box=(left, height - top - depth, left + width, height - top),
        readable_field_name=mark.label,
    )
