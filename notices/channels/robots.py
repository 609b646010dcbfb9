"""Group robots of WeCom and DingTalk: a message is posted as JSON to the robot's secret address.

Requests go to the hosts named in settings.WEBHOOK_HOSTS and to nowhere else; redirects are not followed.
"""

import base64
import hashlib
import hmac
import http.client
import json
import ssl
import time
from urllib.parse import SplitResult, quote_plus, urlsplit

from django.conf import settings
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

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SECONDS = 20
#: No answer of a robot is longer; more is not read.
_MOST_BYTES = 64 * 1024


def allowed_hosts() -> set[tuple[str, int]]:
    """Host and port of each entry of settings.WEBHOOK_HOSTS; without a port the one of https is meant."""
    parts = [urlsplit(f"//{entry.strip()}") for entry in settings.WEBHOOK_HOSTS if entry.strip()]
    return {(part.hostname, part.port or 443) for part in parts if part.hostname}


class Robot(Carrier):
    """A robot that takes {"msgtype": "text"} and answers {"errcode": 0}."""

    setting = "WEBHOOK_HOSTS"
    #: Bytes of text a message may have.
    most_bytes: int
    #: Answers that mean: too many at once, later again.
    busy: tuple[int, ...]

    def is_configured(self) -> bool:
        return bool(allowed_hosts())

    def why_not_address(self, address: str) -> Reason | None:
        parts = _split(address)
        if parts is None:
            return Reason(text=_("This is not the address of a robot: it begins with https://."))
        try:
            usual = 443 if parts.scheme == "https" else 80
            place = (parts.hostname, usual if parts.port is None else parts.port)
        except ValueError:
            place = None
        if place not in allowed_hosts():
            return Reason(
                text=_("Messages may not be sent to this host."),
                remedy=_("Ask the system administrator: the hosts allowed are set up with the installation."),
            )
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            return Reason(text=_("This is not the address of a robot: it begins with https://."))
        return None

    def shown(self, address: str) -> str:
        parts = _split(address)
        return f"{parts.hostname} …{address[-4:]}" if parts and len(address) > 40 else "…"

    def send(self, session, address: Address, letter: Letter, on_last_byte: OnLastByte) -> None:
        # Asked again: the list of hosts may have been shortened since the address was entered.
        if self.why_not_address(address.to) is not None:
            raise Refused(_("The robot's host is not allowed."))
        parts = urlsplit(self.signed(address))
        content = {"msgtype": "text", "text": {"content": letter.within(self.most_bytes)}}
        line = self._connect(parts)
        try:
            on_last_byte()
            self._judge(*_post(line, parts, json.dumps(content, ensure_ascii=False).encode()))
        finally:
            line.close()

    def signed(self, address: Address) -> str:
        """The address to call now."""
        return address.to

    @staticmethod
    def _connect(parts: SplitResult) -> http.client.HTTPConnection:
        if parts.scheme == "https":
            line = http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=_SECONDS, context=ssl.create_default_context()
            )
        else:
            line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=_SECONDS)
        try:
            line.connect()
        except OSError as error:
            line.close()
            raise Unreachable(type(error).__name__) from error
        return line

    def _judge(self, status: int, content: bytes) -> None:
        if status in (429, 503):
            raise NotSent(f"HTTP {status}")
        if status >= 500:
            # A gateway on the way says so without knowing whether the robot got it.
            raise NoAnswer(f"HTTP {status}")
        if status != 200:
            raise Refused(f"HTTP {status}")
        try:
            answer = json.loads(content)
            code = int(answer["errcode"])
        except (ValueError, KeyError, TypeError) as error:
            raise NoAnswer(_("The answer is not a robot's.")) from error
        if code:
            said = f"{code} {answer.get('errmsg', '')}"[:200]
            raise (NotSent if code in self.busy else Refused)(said)


class WeCom(Robot):
    code = Channel.WECOM
    most_bytes = 2048
    busy = (-1, 45009)


class DingTalk(Robot):
    code = Channel.DINGTALK
    own_secret = True
    most_bytes = 20_000
    busy = (-1, 130101, 410100)

    def signed(self, address: Address) -> str:
        """With the time and its signature in the query, where the robot was set up with a secret."""
        if not address.secret:
            return address.to
        stamp = str(int(time.time() * 1000))
        mac = hmac.new(address.secret.encode(), f"{stamp}\n{address.secret}".encode(), hashlib.sha256)
        sign = quote_plus(base64.b64encode(mac.digest()))
        joint = "&" if urlsplit(address.to).query else "?"
        return f"{address.to}{joint}timestamp={stamp}&sign={sign}"


def _split(address: str) -> SplitResult | None:
    """The parts of an address that is printable ASCII, names a host and hides no other name in it; else None."""
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    plain = parts.username is None and parts.password is None and not parts.fragment
    return parts if parts.scheme in ("http", "https") and parts.hostname and plain else None


def _post(line: http.client.HTTPConnection, parts: SplitResult, content: bytes) -> tuple[int, bytes]:
    """Post to an open connection: status and answer. Raises NoAnswer, never with the address in its words."""
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        line.request("POST", path, content, {"Content-Type": "application/json; charset=utf-8"})
        answer = line.getresponse()
        return answer.status, answer.read(_MOST_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(type(error).__name__) from error
