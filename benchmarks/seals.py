"""What a seal costs: put on a printed form, against pyHanko used plainly with RSA-2048 in the same run; and checking.

pyHanko used plainly loads the PKCS#12 file for each paper, as its command line does, and draws its own stamp. The
product's way is that of sealing several forms: the key is opened once. Both sign the same form.

    python -m benchmarks.seals
"""

import datetime
import io
import os
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.timing import Line, medians, show

REPETITIONS = 20
PASSPHRASE = "benchmark only"
AT = datetime.datetime(2017, 5, 31, 9, tzinfo=datetime.UTC)


def _setup_django() -> None:
    import django
    from django.conf import settings

    if not settings.configured:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.testing")
    django.setup()
    # The certificates made here are trusted by nothing that stays.
    settings.SEAL_TRUST_ROOTS = Path(tempfile.mkdtemp(prefix="benchmark-roots-"))


def _form() -> tuple[bytes, object]:
    """A printed form of two pages with one opinion box, and the place of its seal."""
    from applications.documents import FormDocument, OpinionBox, Section, render_form
    from benchmarks import form_pdf

    printed = render_form(
        FormDocument(
            title=form_pdf.TITLE,
            subtitle=form_pdf.SUBTITLE,
            number=form_pdf.NUMBER,
            version=1,
            content_hash=form_pdf.HASH,
            check_url=form_pdf.ADDRESS,
            facts=form_pdf.FACTS,
            plaques=(),
            sections=tuple(Section(title, texts) for title, texts in form_pdf.SECTIONS),
            attachments=("示范点照片", "活动台账"),
            opinions=(OpinionBox(form_pdf.OPINION[0], (), "county"),),
        )
    )
    return printed.pdf, printed.places["seal-county"]


def _mark(place, picture: bytes):
    from applications.sealing.provider import Mark

    return Mark(
        "county",
        "县级意见",
        place.page,
        place.left,
        place.top,
        "同意申报。",
        AT.date(),
        picture,
        "县委统战部（演示）",
    )


def _rsa_file(authority) -> Path:
    """The same certificate chain with a key of RSA-2048."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    from programmes.demo_seals import make_key_file

    path = Path(tempfile.mkdtemp()) / "rsa.p12"
    key = rsa.generate_private_key(65537, 2048)
    path.write_bytes(make_key_file(authority, "rsa", PASSPHRASE, key=key))
    return path


def _plain(pdf: bytes, key_file: Path, picture: bytes, page: int) -> bytes:
    """pyHanko as its documentation shows it: key file, stamp with a picture, one signature field."""
    from PIL import Image
    from pyhanko.pdf_utils.images import PdfImage
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.stamp import StaticStampStyle

    signer = signers.SimpleSigner.load_pkcs12(str(key_file), passphrase=PASSPHRASE.encode())
    style = StaticStampStyle(background=PdfImage(Image.open(io.BytesIO(picture))), border_width=0)
    return (
        signers.PdfSigner(
            signers.PdfSignatureMetadata(
                field_name="county", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
            ),
            signer,
            stamp_style=style,
            new_field_spec=fields.SigFieldSpec("county", on_page=page - 1, box=(365, 100, 484, 219)),
        )
        .sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
        .getvalue()
    )


def run() -> list[Line]:
    """Seal a form with the key opened before, and with the passphrase typed anew; check one with three seals."""
    _setup_django()
    from applications.sealing.provider import provider
    from applications.sealing.validation import examine
    from programmes.demo_seals import make_authority, make_key_file, seal_picture, trust

    authority = make_authority()
    trust(authority)
    picture = seal_picture("县委统战部")
    credentials = provider().register(make_key_file(authority, "县委统战部", PASSPHRASE), PASSPHRASE)
    pdf, place = _form()
    mark = _mark(place, picture)
    key = provider().open(credentials.store, PASSPHRASE)
    plain = partial(_plain, pdf, _rsa_file(authority), picture, place.page)
    held, typed, floor = medians(
        lambda: key.seal(pdf, mark, AT),
        lambda: provider().open(credentials.store, PASSPHRASE).seal(pdf, mark, AT),
        plain,
        repetitions=REPETITIONS,
    )
    sealed = key.seal(pdf, mark, AT)
    checked, base = medians(lambda: examine(sealed), lambda: key.seal(pdf, mark, AT), repetitions=REPETITIONS)
    name = "pyHanko plain, RSA-2048"
    return [
        Line("seal a form, key opened once", held, name, floor, "≤ 0.3"),
        Line("seal a form, passphrase typed", typed, name, floor, ""),
        Line("check a sealed form", checked, "sealing it", base, ""),
    ]


if __name__ == "__main__":
    show(run())
