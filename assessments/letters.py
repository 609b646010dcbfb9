"""The letter on a plaque taken back (收回授牌): what it says, and how it is printed after GB/T 9704-2012."""

import datetime

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from accounts import clock
from applications.models import Cycle
from assessments.enums import ProposalState
from assessments.models import RevocationLetter
from assessments.review_rules import review_article
from assessments.services.revocations import keep_letter, number_letter
from notices.print_fonts import printable
from notices.printing import Code, printer
from notices.workdays import nth_working_day
from sites.enums import Awarder, PlaqueAction, PlaqueState
from sites.models import Plaque
from sites.tables import reasons_of_revoking

STYLESHEET = "letter.css"
TEMPLATE = "assessments/reviews/letter.html"
#: Working days for handing the plaque in where the programme file says nothing.
HAND_IN_DAYS = 10
#: The code of the check page: millimetres from the upper left corner, and its side.
_CODE_LEFT, _CODE_TOP, _CODE_SIZE = 28, 268, 18


def plaques_without_letter():
    """Plaques taken back here whose letter is not there yet; the county's own are its own affair."""
    taken = Q(log__action=PlaqueAction.REVOKE)
    made = RevocationLetter.objects.exclude(pdf="")
    return (
        Plaque.objects.filter(taken, state=PlaqueState.REVOKED)
        .exclude(level__awarded_by=Awarder.AREA)
        .exclude(pk__in=made.values("plaque"))
        .select_related("site__category", "site__area", "level__programme")
        .order_by("id")
        .distinct()
    )


def make_letters() -> int:
    """Make every letter that is missing; returns how many. Safe to run twice and beside itself."""
    return sum(make_letter(plaque) is not None for plaque in plaques_without_letter())


def make_letter(plaque: Plaque) -> RevocationLetter | None:
    """The letter of a plaque taken back: numbered, printed and kept once; None where the scheme has no letter.

    Killed between numbering and printing, the next run prints what the number stands for.
    """
    cycle = _cycle_of(plaque)
    if cycle is None:
        return None
    rule = cycle.review["letter"]
    letter = number_letter(plaque=plaque, pattern=rule["number"], content=_content(plaque, cycle, rule))
    return letter if letter.pdf else keep_letter(letter=letter, pdf=letter_pdf(letter))


def letter_pdf(letter: RevocationLetter) -> bytes:
    """Print a letter as A4 PDF with embedded fonts and the code of the plaque's public page.

    Raises: notices.print_fonts.PrintingUnavailable when fonts or libraries are missing.
    """
    text = {key: printable(value) for key, value in letter.content.items()}
    html = render_to_string(TEMPLATE, {"letter": text, "number": printable(letter.number)})
    address = settings.PUBLIC_ADDRESS + reverse("publicity:plaque", args=[letter.plaque.check_code])

    def code(_page: int, _pages: int) -> Code:
        return Code(address, _CODE_LEFT, _CODE_TOP, _CODE_SIZE)

    return printer(STYLESHEET).print(html, identifier=letter.number, code=code).pdf


def _cycle_of(plaque: Plaque) -> Cycle | None:
    """The year by whose scheme the letter is written: that of the revocation, or the last one before."""
    cycles = Cycle.objects.filter(programme=plaque.level.programme_id, year__lte=plaque.ended_on.year)
    return next((cycle for cycle in cycles.order_by("-year") if cycle.review.get("letter")), None)


def _content(plaque: Plaque, cycle: Cycle, rule: dict) -> dict[str, str]:
    """Everything the letter says, in Chinese whatever the language of whoever decided."""
    site, today = plaque.site, clock.today()
    by = nth_working_day(today + datetime.timedelta(days=1), rule.get("hand_in_working_days", HAND_IN_DAYS))
    proposal = plaque.proposals.filter(state=ProposalState.APPROVED).order_by("-id").first()
    reason = proposal.reason if proposal else reasons_of_revoking([plaque]).get(plaque.pk, "")
    return {
        "issuer": rule["issuer"],
        "addressee": rule["addressee"].format(area=site.area.name),
        "programme": plaque.level.programme.name,
        "site": site.name,
        "category": site.category.name,
        "level": plaque.level.name,
        "plaque": plaque.number,
        "awarded_on": _day(plaque.awarded_on),
        "ended_on": _day(plaque.ended_on),
        "reason": reason.rstrip("。"),
        "article": review_article(cycle).replace(" ", ""),
        "minutes": proposal.minutes_number if proposal else "",
        "answer": proposal.answer_number if proposal else "",
        "hand_in_by": _day(by),
        "hand_in_to": cycle.contact.get("office", rule["issuer"]),
        "issued_on": _day(today),
    }


def _day(day: datetime.date) -> str:
    """Unpadded, as GB/T 9704-2012 writes dates."""
    return f"{day.year}年{day.month}月{day.day}日"
