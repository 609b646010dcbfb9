"""The certificate as it is printed, and the round that prints what is missing."""

import logging

from django.template.loader import render_to_string

from notices.print_fonts import PrintingUnavailable, printable
from notices.printing import Code, Printed, printer
from publicity.certificate_selectors import certificates_to_print
from publicity.models import Certificate
from publicity.services.certificates import keep_certificate

logger = logging.getLogger(__name__)

STYLESHEET = "certificate.css"
TEMPLATE = "publicity/certificates/paper.html"
#: The element whose corner is where the seal of 42 mm belongs.
_SEAL = "seal"
#: The code of the check page: millimetres from the upper left corner, and its side.
_CODE_LEFT, _CODE_TOP, _CODE_SIZE = 36, 140, 28


def make_certificates() -> int:
    """Print every certificate that was issued and is not on paper yet; returns how many. Safe twice and beside
    itself; one that cannot be printed is logged and keeps no other from its paper.

    Raises: notices.print_fonts.PrintingUnavailable when fonts or libraries are missing.
    """
    made = 0
    for certificate in certificates_to_print():
        try:
            make_certificate(certificate)
            made += 1
        except PrintingUnavailable:
            raise
        except Exception:
            logger.exception("Certificate %s could not be printed", certificate.pk)
    return made


def make_certificate(certificate: Certificate) -> Certificate:
    """Print a certificate and keep it; killed in between, the next round prints what was issued."""
    printed = print_certificate(certificate)
    place = printed.places[_SEAL]
    return keep_certificate(
        certificate=certificate,
        pdf=printed.pdf,
        place={"page": place.page, "left": place.left, "top": place.top},
    )


def print_certificate(certificate: Certificate) -> Printed:
    """A certificate as PDF, A4 across, with embedded fonts, the code of the plaque's public page, and where its seal
    belongs.

    Raises: notices.print_fonts.PrintingUnavailable when fonts or libraries are missing.
    """
    content = certificate.content
    said = {
        key: printable(value) if isinstance(value, str) else value
        for key, value in content.items()
        if key not in ("reason", "place")
    }
    html = render_to_string(TEMPLATE, {"said": said})
    identifier = f"{content['number']} {certificate.edition}"

    def code(_page: int, _pages: int) -> Code:
        return Code(content["check"], _CODE_LEFT, _CODE_TOP, _CODE_SIZE)

    return printer(STYLESHEET).print(html, identifier=identifier, code=code)
