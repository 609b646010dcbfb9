from django.db.models import BooleanField, ExpressionWrapper, Q

from notices.models import CalendarDay, Message
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
