"""The last days of open cycles, for the page of the working calendar."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.enums import CycleState
from applications.models import Cycle, Extension, Milestone
from notices.dated import Dated


def last_days_of(user) -> Iterator[Dated]:
    """Milestones and granted extensions of the open cycles a person sees; two queries beside those of the cycles."""
    url = reverse("applications:cycle")
    cycles = Cycle.objects.visible_to(user).filter(state=CycleState.OPEN)
    of = {"cycle__in": cycles}
    for milestone in Milestone.objects.filter(**of).select_related("cycle__programme"):
        yield Dated(
            what=str(milestone),
            of=str(milestone.cycle),
            day=milestone.due_on,
            rolls_forward=milestone.rolls_forward,
            url=url,
        )
    for extension in Extension.objects.filter(**of).select_related("cycle__programme", "area"):
        words = _("Later last day for %(area)s") % {"area": extension.area}
        yield Dated(what=words, of=str(extension.cycle), day=extension.until, rolls_forward=False, url=url)
