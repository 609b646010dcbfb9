"""Where seals get their keys: an interface, so that a provider's e-seal service can take the place of key files."""

import datetime
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.errors import DomainError

#: The round seal of a Party committee's department, in millimetres.
SEAL_SIZE = 42.0
#: As many characters of an opinion as a box has room for.
MOST_CHARACTERS = 60
#: Bytes of key material; a key file is a few thousand.
LARGEST_MATERIAL = 64 * 1024


class WrongPassphrase(DomainError):
    """The key does not open with this passphrase; tries are counted (see `applications.sealing.rules.why_locked`)."""


@dataclass(frozen=True)
class Credentials:
    """What a provider found out about the key material it was handed.

    certificate: PEM of the seal's certificate. fingerprint: its SHA-256 in hexadecimal digits. not_before, not_after:
    its validity. store: what the provider wants back at every sealing, already encrypted for keeping.
    """

    certificate: str
    fingerprint: str
    not_before: datetime.datetime
    not_after: datetime.datetime
    store: bytes


@dataclass(frozen=True)
class Mark:
    """What is put into one opinion box.

    field: name of the signature field, the box's code. label: what the box is called. page: from 1. left, top: where
    the 42 mm place of the seal begins, in millimetres from the page's upper left corner. opinion: "" for none. dated:
    the day written into the box, None where the paper prints its own. picture: PNG with transparency. owner: name on
    the seal.
    """

    field: str
    label: str
    page: int
    left: float
    top: float
    opinion: str
    dated: datetime.date | None
    picture: bytes
    owner: str


class SealingKey(Protocol):
    """A seal opened with its passphrase; used for one or several papers and then forgotten."""

    def seal(self, pdf: bytes, mark: Mark, at: datetime.datetime) -> bytes:
        """`pdf` with the seal added as an incremental update: its first bytes stay exactly as they were.

        The mark is the visible appearance of a PDF signature that verifies; `at` is the stated time of sealing.
        Raises DomainError when the PDF cannot be sealed or a service does not answer.
        """


class SealProvider(Protocol):
    """Keeps, or knows where to find, the keys of seals. settings.SEAL_PROVIDER names its class, made without arguments.

    A service far away gets in `material` and `passphrase` whatever its users are given instead of a key file and its
    passphrase: an account and a PIN, say. It returns in `store` what it needs to find the seal again.
    """

    def register(self, material: bytes, passphrase: str) -> Credentials:
        """Check key material a keeper hands in. Raises DomainError, in words, when it cannot serve as a seal."""

    def open(self, store: bytes, passphrase: str) -> SealingKey:
        """Load the key once, for any number of papers. Raises WrongPassphrase."""


def provider() -> SealProvider:
    """The provider this installation works with."""
    return import_string(settings.SEAL_PROVIDER)()
