"""The check code of a plaque in capitals: a QR code of capitals is coarser, so that worse pictures of it can be read.

The code is 12 random bytes, written in base64; in capitals the same bytes are written in base32, 20 characters.
"""

import base64
import binascii
from urllib.parse import urlsplit

from django.conf import settings

#: Letters and digits of a code in capitals.
_LENGTH = 20


def in_capitals(check_code: str) -> str:
    """The code of a plaque in the letters A–Z and the digits 2–7."""
    return base64.b32encode(base64.urlsafe_b64decode(check_code)).decode().rstrip("=")


def from_capitals(text: str) -> str | None:
    """The check code behind its form in capitals (small letters do too), or None when it can be nobody's."""
    capitals = text.upper()
    if len(capitals) != _LENGTH:
        return None
    try:
        code = base64.b32decode(capitals + "=" * (-len(capitals) % 8))
    except binascii.Error:
        return None
    found = base64.urlsafe_b64encode(code).decode()
    # The last letter holds bits that no code uses: with these set it is not what was printed.
    return found if in_capitals(found) == capitals else None


def check_address(check_code: str) -> str:
    """What the QR code of a plaque's certificate says: the address of its public page."""
    parts = urlsplit(settings.PUBLIC_ADDRESS)
    return f"{parts.scheme}://{parts.netloc}".upper() + f"{parts.path}/C/{in_capitals(check_code)}"
