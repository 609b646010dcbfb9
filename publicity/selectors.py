"""Plaques, notices and contacts for the pages without an account."""

from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When

from accounts import clock
from accounts.names import in_language
from accounts.written_numbers import LEAST, bare, is_grouped_alike, spellings
from applications.models import Cycle
from assessments.models import PublicNotice
from sites.enums import ENDED_STATES, IN_FORCE_STATES, PlaqueState
from sites.models import Level, Plaque, PlaqueSuspension

#: What the public may know of: a claimed plaque is only somebody's word, a refused one never was.
PUBLIC_STATES = (*IN_FORCE_STATES, PlaqueState.SUSPENDED, *ENDED_STATES)


#: How many plaques a look by letters and digits alone tells at most.
_MOST = 20


def public_plaques():
    """Plaques anybody may check, with what the check page shows; one query.

    `public_state` is the state, but expired from the day after the last day of validity, written down or not.
    """
    over = Q(state__in=(*IN_FORCE_STATES, PlaqueState.SUSPENDED), valid_until__lt=clock.today())
    running = PlaqueSuspension.objects.filter(plaque=OuterRef("pk"), ended_on=None)
    return (
        Plaque.objects.filter(state__in=PUBLIC_STATES)
        .annotate(
            public_state=Case(When(over, then=Value(PlaqueState.EXPIRED.value)), default=F("state")),
            suspended_since=Subquery(running.values("begins_on")[:1]),
        )
        .select_related(
            "site__category",
            "site__area",
            "site__merged_into",
            "level__programme__owner__parent",
            "replaced_by",
        )
    )


def plaques_taken_back():
    """Plaques that were taken back, the latest first, with what their public list shows; one query."""
    return public_plaques().filter(state=PlaqueState.REVOKED).order_by("-ended_on", "-id")


def plaques_numbered(number: str) -> list[Plaque]:
    """Public plaques with this number however it was typed (accounts.written_numbers), one for each programme and level
    that gave it; where there is none, those that have the same letters and digits. One query."""
    wanted, spelled = bare(number), spellings(number)
    same = list(public_plaques().filter(level__in=Level.objects.all(), bare_number=wanted))
    found = [plaque for plaque in same if plaque.number in spelled]
    if found or len(wanted) < LEAST:
        return found
    return [plaque for plaque in same if is_grouped_alike(number, plaque.number)][:_MOST]


def public_notices(day):
    """Public notices that have begun by `day`, running ones first, with what the page shows; one query."""
    begun = PublicNotice.objects.filter(starts_on__lte=day).select_related(
        "assessment__application__site__category",
        "assessment__application__level",
        "assessment__application__area",
        "assessment__application__cycle__programme__owner",
    )
    return begun.order_by("-ends_on", "-id")


def contact_of(notice: PublicNotice) -> dict[str, str]:
    """Where an objection to the notice goes, in the language of the page; empty where the file does not say."""
    return _in_words(notice.assessment.application.cycle.contact)


def contacts() -> list[dict[str, str]]:
    """Where the offices of the programmes are found, each once, as their latest cycle says."""
    latest = {cycle.programme_id: cycle.contact for cycle in Cycle.objects.order_by("year")}
    return [_in_words(contact) for contact in latest.values() if contact]


def _in_words(contact: dict) -> dict[str, str]:
    if not contact:
        return {}
    named = {key: in_language(contact, key) for key in ("office", "address")}
    return named | {"phone": contact.get("phone", "")}
