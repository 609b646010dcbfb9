"""Text messages through a provider of the installation's own choice; none is shipped.

settings.SMS_PROVIDER names a class with `send(phone, text)`: it returns when the provider has taken the message and
raises `Refused`, `NotSent` or `NoAnswer` (notices.channels.base); anything else it raises counts as no answer.
"""

import re
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.errors import Reason
from notices.channels.base import Address, Carrier, Letter, NoAnswer, NotDelivered, OnLastByte
from notices.enums import Channel

_PHONE = re.compile(r"\+?[0-9]{5,20}")
#: Bytes; a long text message of some parts.
_MOST_BYTES = 400


@cache
def _provider(path: str):
    return import_string(path)()


class TextMessage(Carrier):
    code = Channel.SMS
    setting = "SMS_PROVIDER"

    def is_configured(self) -> bool:
        return bool(settings.SMS_PROVIDER)

    def why_not_address(self, address: str) -> Reason | None:
        if _PHONE.fullmatch(address):
            return None
        return Reason(text=_("This is not a telephone number: digits only, with + for another country."))

    def shown(self, address: str) -> str:
        return f"{address[:3]}****{address[-4:]}" if len(address) > 7 else "****"

    def send(self, session, address: Address, letter: Letter, on_last_byte: OnLastByte) -> None:
        provider = _provider(settings.SMS_PROVIDER)
        on_last_byte()
        try:
            provider.send(address.to, letter.within(_MOST_BYTES))
        except NotDelivered:
            raise
        except Exception as error:  # a provider's own faults are unknown here; what it did before is too
            raise NoAnswer(type(error).__name__) from error
