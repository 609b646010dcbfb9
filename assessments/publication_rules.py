"""When anybody may object to a public notice, and who reads what of an objection."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Reason
from accounts.words import lazy_day
from assessments.enums import AssessmentState
from assessments.models import PublicNotice


def why_not_object(notice: PublicNotice, moment: datetime.datetime) -> Reason | None:
    """Why the public form takes no objection at a moment: it is open from the notice's first day until midnight of
    its last, as long as nothing was decided."""
    day = timezone.localdate(moment)
    article = notice.assessment.application.cycle.articles.get("notice", "")
    if day < notice.starts_on:
        return Reason(
            text=_("The public notice begins on %(day)s.") % {"day": lazy_day(notice.starts_on)},
            article=article,
            earliest=notice.starts_on,
        )
    if day > notice.ends_on:
        return Reason(
            text=_("The public notice ended on %(day)s: this form takes no more objections.")
            % {"day": lazy_day(notice.ends_on)},
            article=article,
            remedy=_("What you know about a site you may tell the leadership office at any time."),
        )
    if notice.assessment.state != AssessmentState.NOTICED:
        return Reason(
            text=_("The notice has been concluded: this form takes no more objections."),
            remedy=_("What you know about a site you may tell the leadership office at any time."),
        )
    return None
