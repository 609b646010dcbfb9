from accounts.names import in_language
from assessments.models import PublicNotice
from sites.enums import PlaqueState
from sites.models import Plaque

#: What the public may know of: a claimed plaque is only somebody's word, a refused one never was.
PUBLIC_STATES = (PlaqueState.VALID, PlaqueState.REVOKED)
#: Brackets people type for the 〔〕 of document numbers.
_BRACKETS = str.maketrans("[]［］【】()（）", "〔〕" * 5)


def public_plaques():
    """Plaques anybody may check, with what the check page shows; one query."""
    return Plaque.objects.filter(state__in=PUBLIC_STATES).select_related(
        "site__category", "site__area", "level__programme"
    )


def plaques_numbered(number: str):
    """Public plaques with this number as typed, or with its brackets turned into 〔〕."""
    typed = "".join(number.split())
    return public_plaques().filter(number__in={number.strip(), typed, typed.translate(_BRACKETS)})


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
    contact = notice.assessment.application.cycle.contact
    if not contact:
        return {}
    named = {key: in_language(contact, key) for key in ("office", "address")}
    return named | {"phone": contact.get("phone", "")}
