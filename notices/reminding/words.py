from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def stage_words(stage: int) -> str:
    """A stage as people say it: so many working days before, on the day, in which week overdue."""
    if stage > 0:
        words = ngettext("%(n)s working day before", "%(n)s working days before", stage)
        return words % {"n": stage}
    if stage == 0:
        return _("on the day")
    return _("overdue, week %(n)s") % {"n": -stage}
