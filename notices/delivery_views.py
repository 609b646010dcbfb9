"""Messages that did not get through: why, and a way to have them sent again."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.lists import respond
from accounts.web import get_visible, tell
from notices.enums import DeliveryState
from notices.filters import DeliveryFilter
from notices.models import Delivery
from notices.resources import DeliveryResource
from notices.rules import may_handle_deliveries
from notices.selectors import deliveries_for_list, failed_count
from notices.services.deliveries import send_again, send_failed_again

DELIVERY_ORDER = {
    "person": ("message__recipient__title", "message__recipient__username"),
    "unit": ("message__recipient__unit__name",),
    "channel": ("channel",),
    "state": ("state",),
    "attempts": ("attempts",),
    "at": ("message__created_at",),
}


@require_safe
def deliveries(request):
    """What failed, what nobody confirmed, and what is being tried again, to people of one's own units."""
    if not may_handle_deliveries(request.user):
        raise Http404
    return respond(
        request,
        deliveries_for_list(request.user),
        template="notices/deliveries.html",
        filterset=DeliveryFilter,
        orderings=DELIVERY_ORDER,
        resource=DeliveryResource,
        title=_("Messages that did not get through"),
        context=lambda page: {
            "failed": failed_count(request.user),
            "may_send": (DeliveryState.FAILED, DeliveryState.UNCONFIRMED),
        },
    )


@require_POST
def delivery_again(request, pk: int):
    rows = Delivery.objects.select_related("message__recipient__unit")
    delivery = get_visible(rows, request.user, pk=pk)
    with tell(request, success=_("The message is sent again."), action="delivery.again", obj=delivery):
        send_again(actor=request.user, delivery=delivery)
    return redirect("notices:deliveries")


@require_POST
def deliveries_again(request):
    if not may_handle_deliveries(request.user):
        raise Http404
    count = send_failed_again(actor=request.user)
    text = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", count)
    messages.success(request, text % {"count": count})
    return redirect("notices:deliveries")
