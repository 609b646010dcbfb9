"""Messages, channels, what did not get through and the ledger of reminders, each as somebody may see it."""

from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Max, Q
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.enums import Role
from accounts.rules import has_role
from accounts.scope import ids_below, units_with_role
from notices.channels import CARRIERS
from notices.enums import Channel, DeliveryState
from notices.models import CalendarDay, ChannelAddress, Delivery, Message, Reminder
from notices.rules import may_handle_deliveries
from notices.todo import Todo
from notices.workdays import year_is_known


def messages_for_list(user):
    """A person's messages, unread ones first, then the newest; one query."""
    is_read = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    return Message.objects.visible_to(user).annotate(is_read=is_read).order_by("is_read", "-id")


def calendar_years() -> list[int]:
    """The years the calendar table knows, in order."""
    return [day.year for day in CalendarDay.objects.dates("day", "year")]


def unknown_years(year: int) -> list[int]:
    """Which of `year` and the year after it the calendar table knows nothing of."""
    return [each for each in (year, year + 1) if not year_is_known(each)]


def ledger_of(user):
    """The reminders of the people of an office's city: those at home in a unit at or below the office's."""
    units = ids_below([unit.path for unit in units_with_role(user, (Role.OFFICE,))])
    return Reminder.objects.filter(recipient__unit__in=units).select_related("recipient__unit")


# --- channels -----------------------------------------------------------------------------------------------


@dataclass
class OwnChannel:
    """One channel as its owner sees it; `form` is put in by the page."""

    code: str
    name: str
    is_here: bool
    #: The setting that switches it on for the installation, for those who may set it.
    setting: str
    row: ChannelAddress | None
    #: What of the address may be shown.
    shown: str
    has_secret: bool
    is_on: bool
    may_enter: bool
    #: The last message over this channel.
    last: Delivery | None
    form: object = None


def own_channels(user) -> list[OwnChannel]:
    """All channels with what a person entered for them and what became of the last message; two queries."""
    rows = {row.channel: row for row in ChannelAddress.objects.filter(user=user)}
    newest = Delivery.objects.filter(message__recipient=user).order_by().values("channel")
    last = Delivery.objects.filter(pk__in=newest.annotate(last=Max("id")).values("last"))
    by_channel = {delivery.channel: delivery for delivery in last.select_related("message")}
    return [
        _own_channel(user, carrier, rows.get(code), by_channel.get(code))
        for code, carrier in CARRIERS.items()
    ]


def _own_channel(user, carrier, row, last) -> OwnChannel:
    kept = row.address if row is not None and carrier.own_address else ""
    address = carrier.address_of(user, row)
    return OwnChannel(
        code=carrier.code,
        name=str(Channel(carrier.code).label),
        is_here=carrier.is_configured(),
        setting=carrier.setting if has_role(user, Role.SYSTEM_ADMIN) else "",
        row=row,
        shown=carrier.shown(kept) if kept else (address.to if address else ""),
        has_secret=bool(row and row.secret),
        is_on=address is not None,
        may_enter=carrier.own_address,
        last=last,
    )


def deliveries_for_list(user):
    """What did not get through at once to people of a person's units, the newest first; one query."""
    troubled = Q(state__in=(DeliveryState.FAILED, DeliveryState.UNCONFIRMED)) | Q(
        state=DeliveryState.WAITING, attempts__gt=0
    )
    rows = Delivery.objects.visible_to(user).filter(troubled)
    return rows.select_related("message__recipient__unit").order_by("-id")


def failed_count(user) -> int:
    return Delivery.objects.visible_to(user).filter(state=DeliveryState.FAILED).count()


def waiting_for(user) -> list[Todo]:
    """What did not get through, for those who look after it; one query, none for others."""
    if not may_handle_deliveries(user):
        return []
    given_up = (DeliveryState.FAILED, DeliveryState.UNCONFIRMED)
    count = Delivery.objects.visible_to(user).filter(state__in=given_up).count()
    if not count:
        return []
    text = ngettext(
        "%(count)d message did not get through: see why, and send it again",
        "%(count)d messages did not get through: see why, and send them again",
        count,
    )
    return [Todo(text=text % {"count": count}, url=reverse("notices:deliveries"))]
