"""What every channel knows and says: its address of a person, how one message goes out, and how it can go wrong."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from accounts.errors import Reason


class NotDelivered(Exception):
    """A message did not get through; the text is what the other side said, without addresses or secrets."""


class Refused(NotDelivered):
    """The other side will never take it: to try again is of no use."""


class NotSent(NotDelivered):
    """It certainly did not arrive, and a later attempt may succeed."""


class Unreachable(NotSent):
    """Nobody answers there at all: the other messages of this channel need not be tried now."""


class NoAnswer(NotDelivered):
    """All of it was handed over and the answer is missing: it may have arrived, so it is never sent again by itself."""


@dataclass(frozen=True)
class Address:
    """Where one person has messages of one channel sent."""

    to: str
    #: What signs the call, where the channel asks for it.
    secret: str = ""


@dataclass(frozen=True)
class Letter:
    """One message as it goes out. `key` stays the same over all attempts; `link` is a whole address or empty."""

    key: str
    subject: str
    body: str = ""
    link: str = ""

    @property
    def text(self) -> str:
        """Everything below the subject."""
        return f"{self.body}\n\n{self.link}" if self.link else self.body

    def within(self, size: int) -> str:
        """Subject, text and link in at most `size` bytes of UTF-8; the middle is what is shortened."""
        head = f"{self.subject}\n{self.body}" if self.body else self.subject
        tail = f"\n{self.link}" if self.link else ""
        if len((head + tail).encode()) <= size:
            return head + tail
        room = max(0, size - len(f"…{tail}".encode()))
        return f"{head.encode()[:room].decode(errors='ignore')}…{tail}"


#: Called right before the last byte goes out; raises when the delivery is no longer the caller's to send.
OnLastByte = Callable[[], None]


class Carrier:
    """One channel. Subclasses say `code` and send; what they need from the settings they read when they are used."""

    code: str
    #: Whether a person enters an address of his or her own for it, and a secret with it.
    own_address = True
    own_secret = False
    #: The setting, a variable of the environment, that switches it on for the installation.
    setting: str

    def is_configured(self) -> bool:
        """Whether this installation is set up for it."""
        raise NotImplementedError

    def address_of(self, user, row) -> Address | None:
        """Where a person has it sent (None: nowhere); `row` is the ChannelAddress, if there is one."""
        if row is None or not row.is_on or not row.address:
            return None
        return Address(to=row.address, secret=row.secret)

    def why_not_address(self, address: str) -> Reason | None:
        """None when messages can be sent there."""
        raise NotImplementedError

    def shown(self, address: str) -> str:
        """What of an address may be shown again: enough to know it by, too little to use it."""
        raise NotImplementedError

    def session(self) -> AbstractContextManager:
        """What one round of sending shares, e.g. a connection."""
        return nullcontext()

    def send(self, session, address: Address, letter: Letter, on_last_byte: OnLastByte) -> None:
        """Send one message; returns when the other side has confirmed that it has it.

        Raises Refused, NotSent, Unreachable or NoAnswer; what `on_last_byte` raises goes through.
        """
        raise NotImplementedError
