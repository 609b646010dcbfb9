"""What all pages of the dashboard begin with: who may see them, what was asked, and the form to ask anew."""

from urllib.parse import urlencode

from django.http import Http404

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
    begin = records_begin() if question.is_past else None
    asked = {key: value for key, value in question.asked().items() if value}
    return {
        "question": question,
        "scope_words": asked_words(question),
        "choices": choices_of(question),
        "query": urlencode(asked),
        "query_now": urlencode({key: value for key, value in asked.items() if key != "as_of"}),
        "latest": clock.today(),
        "records_begin": begin,
        "is_before": question.is_past and (begin is None or question.day < begin),
    }
