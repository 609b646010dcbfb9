"""What a person enters for one channel."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import StyledForm
from notices.enums import Channel

_HELP = {
    Channel.WECOM: _("The webhook address of the group robot. It is kept secret and not shown again."),
    Channel.DINGTALK: _("The webhook address of the group robot. It is kept secret and not shown again."),
    Channel.SMS: _("The number of the office telephone that is to receive text messages."),
}


class ChannelForm(StyledForm):
    """Switch, address and secret; an address that is kept already may stay empty."""

    is_on = forms.BooleanField(label=_("Send my messages here too"), required=False)
    address = forms.CharField(label=_("Address"), max_length=500, required=False)
    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=200,
        required=False,
        help_text=_("Only when the robot was set up with one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, carrier, row=None, **kwargs):
        super().__init__(*args, prefix=carrier.code, initial={"is_on": row is None or row.is_on}, **kwargs)
        if not carrier.own_secret:
            del self.fields["secret"]
        if not carrier.own_address:
            del self.fields["address"]
            return
        field = self.fields["address"]
        field.help_text = _HELP.get(carrier.code, "")
        field.widget.attrs["autocomplete"] = "off"
        if carrier.code == Channel.SMS:
            field.label = _("Telephone number")
        if row is not None and row.address:
            field.label = _("Another address in place of %(address)s") % {
                "address": carrier.shown(row.address)
            }
