"""The ways messages take beside the inbox, one plug-in each: to add one, write a `Carrier` and name it here."""

from notices.channels.base import Carrier
from notices.channels.robots import DingTalk, WeCom
from notices.channels.sms import TextMessage
from notices.channels.smtp import Mail

#: By code, in the order in which people are shown them.
CARRIERS: dict[str, Carrier] = {
    carrier.code: carrier for carrier in (Mail(), WeCom(), DingTalk(), TextMessage())
}


def carriers_here() -> dict[str, Carrier]:
    """Those that this installation is set up for."""
    return {code: carrier for code, carrier in CARRIERS.items() if carrier.is_configured()}
