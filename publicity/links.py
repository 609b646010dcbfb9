"""Looking at links from the server: whether a page opens, and fetching it to be kept.

Whoever types a link chooses where this server connects to. So it speaks http and https only, at the usual ports, and
never to addresses of this machine or of the networks behind it, whatever a name resolves to and wherever an answer
redirects: each connection goes to the very address that was checked. `LINK_CHECK_PRIVATE` names networks that may be
looked at all the same (an intranet).
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings

#: Seconds for one look, redirects included, and for a connection to come about.
_CONNECT = 6
_REDIRECTS = 5
_REDIRECTED = (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}
#: So much of a page is read to see that it opens, and so much of one is kept.
_GLANCE, MOST_KEPT = 64 * 1024, 5 * 1024 * 1024
_CHUNK = 64 * 1024
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; LinkCheck/1.0)",
    "Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
#: Answers of a page that is there and lets no program in: a person has to look.
_CLOSED_TO_PROGRAMS = (401, 403, 429)
#: Networks that are none of the open internet's, or whose addresses lead to another one, which may be any: protocol
#: assignments and relays of IPv4, and of IPv6 those that carry an IPv4 address (RFC 4291, 6052, 8215) or are a site's
#: own (RFC 3879).
_NOT_OPEN = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24", "192.88.99.0/24",
        "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "fec0::/10",
    )
)  # fmt: skip

#: Why no answer came, as codes; `publicity.link_words` says them in words.
FORBIDDEN, NO_NAME, NO_LINE, TIMEOUT, REDIRECTS = "forbidden", "no_name", "no_line", "timeout", "redirects"
UNSAFE, BROKEN, TOO_LARGE, ODD = "certificate", "broken", "too_large", "odd"


class NoAnswer(Exception):
    """Nothing could be had of a page; `why` is one of the codes above."""

    def __init__(self, why: str):
        self.why = why
        super().__init__(why)


@dataclass(frozen=True)
class Answer:
    """What came back: the status (None: no answer came, `note` says why), and of a page fetched what is in it."""

    status: int | None
    note: str = ""
    content: bytes = b""
    content_type: str = ""

    @property
    def opens(self) -> bool:
        """Whether the page is there; one that keeps programs out is."""
        return self.status is not None and (200 <= self.status < 300 or self.status in _CLOSED_TO_PROGRAMS)

    @property
    def is_silence(self) -> bool:
        """Whether nothing at all was heard, which may be the fault of this side's line."""
        return self.status is None and self.note in (NO_NAME, NO_LINE, TIMEOUT)


def look(url: str) -> Answer:
    """Whether a page opens: its head is asked for, and where that does not open, the beginning of the page.

    Nothing is sent and nothing believed but that it opens, so the certificate of the other side does not matter.
    """
    end = time.monotonic() + settings.LINK_CHECK_SECONDS
    try:
        answer = _follow("HEAD", url, 0, end, is_checked=False)
        if answer.opens:
            return answer
    except NoAnswer as error:
        if error.why in (FORBIDDEN, NO_NAME, NO_LINE):
            return Answer(None, error.why)
    return _told("GET", url, _GLANCE, end, is_checked=False)


def fetch(url: str) -> Answer:
    """The page behind a link with its content, at most MOST_KEPT bytes; a certificate that does not hold counts."""
    end = time.monotonic() + settings.LINK_CHECK_SECONDS
    return _told("GET", url, MOST_KEPT, end, is_checked=True)


def _told(method: str, url: str, most: int, end: float, *, is_checked: bool) -> Answer:
    try:
        answer = _follow(method, url, most + 1, end, is_checked=is_checked)
    except NoAnswer as error:
        return Answer(None, error.why)
    if most == MOST_KEPT and len(answer.content) > most:
        return Answer(answer.status, TOO_LARGE)
    return answer


def _follow(method: str, url: str, most: int, end: float, *, is_checked: bool) -> Answer:
    """Ask, and go on where the answer sends one; every address on the way is checked as the first was."""
    for _step in range(_REDIRECTS + 1):
        answer, onward = _ask(method, url, most, end, is_checked)
        if not onward:
            return answer
        try:
            url = urljoin(url, onward)
        except ValueError as error:
            raise NoAnswer(ODD) from error
    raise NoAnswer(REDIRECTS)


def _ask(method: str, url: str, most: int, end: float, is_checked: bool) -> tuple[Answer, str]:
    """One request; returns the answer and where it redirects to (empty: nowhere)."""
    line, target = _connected(url, end, is_checked)
    try:
        with _cut_off(line.sock, end):
            line.request(method, target, headers=_HEADERS)
            response = line.getresponse()
            if response.status in _REDIRECTED and (onward := response.headers.get("Location")):
                return Answer(response.status), onward
            content = b"" if method == "HEAD" else _read(response, most, end)
            kind = response.headers.get("Content-Type", "")
            return Answer(response.status, content=content, content_type=kind), ""
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        raise NoAnswer(TIMEOUT if time.monotonic() >= end else BROKEN) from error
    finally:
        line.close()


def _connected(url: str, end: float, is_checked: bool) -> tuple[http.client.HTTPConnection, str]:
    """A connection to an address that was checked, and what to ask for there."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError as error:
        raise NoAnswer(FORBIDDEN) from error
    if parts.scheme not in _PORTS or not host or parts.username is not None:
        raise NoAnswer(FORBIDDEN)
    sock = _reach(host, port, end)
    try:
        if parts.scheme == "https":
            sock = _context(is_checked).wrap_socket(sock, server_hostname=host)
    except ssl.SSLError as error:
        sock.close()
        raise NoAnswer(UNSAFE) from error
    except OSError as error:
        sock.close()
        raise NoAnswer(TIMEOUT if isinstance(error, TimeoutError) else NO_LINE) from error
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(host, port, timeout=_CONNECT)
    line.sock = sock
    path = quote(parts.path or "/", safe="/%:=&~+!$,;'@()*")
    query = quote(parts.query, safe="/%:=&?~+!$,;'@()*[]|")
    return line, f"{path}?{query}" if query else path


def _reach(host: str, port: int, end: float) -> socket.socket:
    """A socket to the first address of a name that may be looked at and answers."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoAnswer(NO_NAME) from error
    allowed = [address for *_kind, address in found if may_look_at(address[0], port)]
    if not allowed:
        raise NoAnswer(FORBIDDEN)
    why = NO_LINE
    for address in allowed[:3]:
        left = min(_CONNECT, end - time.monotonic())
        if left <= 0:
            raise NoAnswer(TIMEOUT)
        try:
            return socket.create_connection(address[:2], timeout=left)
        except TimeoutError:
            why = TIMEOUT
        except OSError:
            why = NO_LINE
    raise NoAnswer(why)


def may_look_at(address: str, port: int) -> bool:
    """Whether this server may connect there: an address of the open internet at a usual port, or one allowed."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if any(found in network for network in settings.LINK_CHECK_PRIVATE):
        return True
    if any(found in network for network in _NOT_OPEN) or _carries(found):
        return False
    return port in _PORTS.values() and found.is_global and not found.is_multicast


def _carries(address) -> bool:
    """Addresses of IPv6 that lead through a tunnel to one of IPv4, which may be any."""
    return isinstance(address, ipaddress.IPv6Address) and bool(address.sixtofour or address.teredo)


def _context(is_checked: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not is_checked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextlib.contextmanager
def _cut_off(sock: socket.socket, end: float):
    """Hang up when the time is over: one that sends a byte now and then would never come to an end."""

    def hang_up():
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    sock.settimeout(max(0.1, end - time.monotonic()))
    timer = threading.Timer(max(0, end - time.monotonic()), hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(response: http.client.HTTPResponse, most: int, end: float) -> bytes:
    """At most `most` bytes of an answer, unpacked where it came packed all the same."""
    packed = response.headers.get("Content-Encoding", "").lower()
    unpack = zlib.decompressobj(wbits=47) if packed in ("gzip", "deflate") else None
    content = b""
    while len(content) < most and (chunk := response.read(min(_CHUNK, most))):
        content += unpack.decompress(chunk, most - len(content)) if unpack else chunk
        if time.monotonic() >= end:
            raise TimeoutError
    return content[:most]
