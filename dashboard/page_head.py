"""What all pages of the dashboard begin with: who may see them, what was asked, and the form to ask anew."""

import datetime
from urllib.parse import urlencode

from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import clock
from dashboard.page import asked_words, choices_of
from dashboard.question import Question, ask
from dashboard.rules import may_see_overview
from sites.as_of import records_begin


def question_of(request) -> Question | None:
    """What the address asks; None while no cycle has been entered. Raises Http404 for those who see no overview."""
    if not may_see_overview(request.user):
        raise Http404
    return ask(request.user, request.GET)


def heading_of(question: Question) -> dict:
    """What a page says of the question: its words, its form, and the query that asks it again."""
    begin = records_begin()
    asked = {key: value for key, value in question.asked().items() if value}
    return {
        "question": question,
        "scope_words": asked_words(question),
        "choices": choices_of(question),
        "query": urlencode(asked),
        "query_now": urlencode({key: value for key, value in asked.items() if key != "as_of"}),
        "latest": clock.today(),
        "records_begin": begin,
        "before_words": before_words(begin),
        "is_before": is_before_records(question, begin),
    }


def is_before_records(question: Question, begin: datetime.date | None) -> bool:
    """Whether the day asked about is past and lies before there was anything on record."""
    return question.is_past and (begin is None or question.day < begin)


def before_words(begin: datetime.date | None) -> str:
    """Why nothing is shown of such a day."""
    if begin is None:
        return _("There are no records yet; nothing can be counted.")
    words = _("The system has records since %(day)s; of earlier days nothing can be counted.")
    return words % {"day": date_format(begin, "DATE_FORMAT")}
