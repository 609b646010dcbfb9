"""Who is asking without signing in, as far as limits need to know: one place, and not for longer than a day."""

import datetime
import ipaddress

from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import context


def without_port(address: str) -> str:
    """An address as a proxy may give it, "1.2.3.4:5678" or "[::1]:55", without the port, which changes each time."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


def caller_of_day(moment: datetime.datetime) -> str:
    """The calling address as a keyed hash of the day; of IPv6 the network, which one household has to itself."""
    address = without_port(context.address.get())
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        parsed = None
    if parsed is not None and parsed.version == 6:
        # An IPv4 address in the clothes of IPv6 stays one address: all of them share a network.
        address = str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    value = f"{timezone.localdate(moment).isoformat()} {address}"
    return salted_hmac("accounts.callers", value, algorithm="sha256").hexdigest()
