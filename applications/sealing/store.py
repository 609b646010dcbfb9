"""Key files at rest: wrapped once more with the installation's own key, so that a stolen database opens nothing."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason


def wrap(data: bytes) -> bytes:
    """`data` encrypted with the key of settings.SEAL_STORE_KEY, or of SECRET_KEY where that is empty."""
    return _cipher().encrypt(data)


def unwrap(token: bytes) -> bytes:
    """What was wrapped. Raises DomainError when the installation's key is not the one it was wrapped with."""
    try:
        return _cipher().decrypt(bytes(token))
    except InvalidToken as error:
        raise DomainError(
            Reason(
                text=_("The seal's key file cannot be opened: this installation's key was changed since."),
                remedy=_(
                    "The system administrator restores the earlier SEAL_STORE_KEY (or SECRET_KEY), or the seal is "
                    "revoked and registered anew."
                ),
            )
        ) from error


def _cipher() -> Fernet:
    secret = settings.SEAL_STORE_KEY or settings.SECRET_KEY
    key = HKDF(SHA256(), 32, salt=None, info=b"applications.sealing.store").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))
