"""A person's own settings: over which channels messages come, and the address of the calendar feed."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.web import tell
from notices.channel_forms import ChannelForm
from notices.channels import CARRIERS
from notices.enums import Channel
from notices.selectors import own_channels
from notices.services.addresses import forget_channel, known_channel, send_test, set_channel
from notices.services.feeds import feed_of, make_feed, revoke_feed


@require_safe
def channels(request):
    return _page(request)


@require_POST
def channel(request, channel: str):
    """Switch a channel on or off, or enter its address."""
    form = ChannelForm(request.POST, carrier=_carrier(channel))
    if not form.is_valid():
        return _page(request, wrong=form)
    with tell(request, success=_("The channel is saved."), action="channel.set"):
        set_channel(actor=request.user, channel=channel, **form.cleaned_data)
    return redirect("notices:channels")


@require_POST
def channel_forget(request, channel: str):
    _carrier(channel)
    forget_channel(actor=request.user, channel=channel)
    messages.success(request, _("What was entered for this channel is deleted."))
    return redirect("notices:channels")


@require_POST
def channel_test(request, channel: str):
    _carrier(channel)
    success = _("A test message is on its way. What came of it is shown here in a moment.")
    with tell(request, success=success, action="channel.test"):
        send_test(actor=request.user, channel=channel, url=reverse("notices:channels"))
    return redirect("notices:channels")


@require_POST
def feed_make(request):
    """Make the calendar's address; this answer is the only one that shows it."""
    address = reverse("dashboard:feed", args=[make_feed(actor=request.user)])
    return _page(request, feed_address=f"{settings.PUBLIC_ADDRESS}{address}")


@require_POST
def feed_revoke(request):
    if revoke_feed(actor=request.user):
        messages.success(request, _("The calendar's address holds no longer."))
    return redirect("notices:channels")


def _carrier(channel: str):
    if not known_channel(channel):
        raise Http404
    return CARRIERS[channel]


def _page(request, wrong: ChannelForm | None = None, feed_address: str = ""):
    """The whole page; `wrong` takes the place of its channel's form, `feed_address` is shown once."""
    found = own_channels(request.user)
    for one in found:
        is_wrong = wrong is not None and wrong.prefix == one.code
        one.form = wrong if is_wrong else ChannelForm(carrier=CARRIERS[one.code], row=one.row)
    context = {
        "channels": found,
        "feed": feed_of(request.user),
        "feed_address": feed_address,
        "robots": (Channel.WECOM, Channel.DINGTALK),
        "quiet_hours": settings.QUIET_HOURS,
    }
    return render(request, "notices/channels.html", context)
