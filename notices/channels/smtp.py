"""E-mail by SMTP: one connection for many messages, and the moment known before which nothing can have arrived."""

import re
import smtplib
import ssl
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.errors import Reason
from notices.channels.base import (
    Address,
    Carrier,
    Letter,
    NoAnswer,
    NotSent,
    OnLastByte,
    Refused,
    Unreachable,
)
from notices.enums import Channel

#: Many servers end a connection after a hundred messages.
_MESSAGES_PER_CONNECTION = 100
#: Chinese text travels as base64, which no server on the way has to convert.
_POLICY = SMTP.clone(cte_type="7bit")


class _Line:
    """A connection to the mail server, opened when it is first needed."""

    def __init__(self):
        self._smtp: smtplib.SMTP | None = None
        self._sent = 0

    def ready(self) -> smtplib.SMTP:
        """A connection that answers. Raises Unreachable."""
        if self._smtp is not None and (self._sent >= _MESSAGES_PER_CONNECTION or not self._alive()):
            self.close()
        if self._smtp is None:
            try:
                self._smtp = self._open()
            except (OSError, smtplib.SMTPException) as error:
                self.close()
                raise Unreachable(_words(error)) from error
            self._sent = 0
        self._sent += 1
        return self._smtp

    def close(self) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()
            self._smtp = None

    def _alive(self) -> bool:
        """Whether the server still listens, and has forgotten the message before."""
        try:
            return self._smtp.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    @staticmethod
    def _open() -> smtplib.SMTP:
        place = {"host": settings.EMAIL_HOST, "port": settings.EMAIL_PORT, "timeout": settings.EMAIL_TIMEOUT}
        if settings.EMAIL_USE_SSL:
            smtp = smtplib.SMTP_SSL(**place, context=ssl.create_default_context())
        else:
            smtp = smtplib.SMTP(**place)
        try:
            if settings.EMAIL_USE_TLS:
                smtp.starttls(context=ssl.create_default_context())
            if settings.EMAIL_HOST_USER:
                smtp.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        return smtp


class Mail(Carrier):
    code = Channel.EMAIL
    setting = "EMAIL_HOST"
    #: The address is that of the account, which the administration keeps.
    own_address = False

    def is_configured(self) -> bool:
        return settings.EMAIL_CONFIGURED

    def address_of(self, user, row) -> Address | None:
        return Address(to=user.email) if user.email and (row is None or row.is_on) else None

    def why_not_address(self, address: str) -> Reason | None:
        try:
            validate_email(address)
        except ValidationError:
            return Reason(text=_("This is not an e-mail address."))
        return None

    def shown(self, address: str) -> str:
        return address

    @contextmanager
    def session(self):
        line = _Line()
        try:
            yield line
        finally:
            line.close()

    def send(self, session: _Line, address: Address, letter: Letter, on_last_byte: OnLastByte) -> None:
        """Address it, have DATA accepted, and only then, after `on_last_byte`, hand over the text with its end."""
        content = _content(address, letter)
        smtp = session.ready()
        try:
            _expect(smtp.mail(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]), (250,), refusal=NotSent)
            _expect(smtp.rcpt(address.to), (250, 251))
            _expect(smtp.docmd("DATA"), (354,))
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            session.close()
            raise NotSent(_words(error)) from error
        try:
            on_last_byte()
        except BaseException:
            # The server waits for a text that is not to come: only an end of the line tells it so.
            smtp.close()
            raise
        try:
            smtp.send(content + b".\r\n")
            answer = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            session.close()
            raise NoAnswer(_words(error)) from error
        _expect(answer, (250,))


def _content(address: Address, letter: Letter) -> bytes:
    """The message as it goes over the line, its lines that begin with a dot doubled (RFC 5321, 4.5.2)."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = settings.DEFAULT_FROM_EMAIL
    mail["To"] = address.to
    mail["Subject"] = letter.subject
    mail["Date"] = formatdate(localtime=True)
    # Made from the delivery: a mail system that gets it twice knows it for the same.
    mail["Message-ID"] = f"<{letter.key}@{urlsplit(settings.PUBLIC_ADDRESS).hostname or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    content = re.sub(rb"(?m)^\.", b"..", mail.as_bytes())
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _expect(answer: tuple[int, bytes], codes: tuple[int, ...], refusal: type = Refused) -> None:
    """Raise unless the server answered with one of `codes`: 5xx is for good, anything else may pass."""
    code, text = answer
    if code in codes:
        return
    words = f"{code} {text.decode('utf-8', 'replace')}"
    raise (refusal if 500 <= code < 600 else NotSent)(words)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
