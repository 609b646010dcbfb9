"""What a certificate says, in Chinese with the English names beside, whatever the language of whoever makes it."""

import datetime

from django.utils import translation

from accounts import clock
from applications.models import Cycle
from applications.sealing.rules import valid_seal
from publicity.certificate_rules import issuing_unit
from publicity.check_codes import check_address
from sites.enums import Awarder
from sites.models import Plaque


def certificate_content(plaque: Plaque, issuer: str, edition: int) -> dict:
    """Everything the certificate of a plaque says from today on."""
    site, level = plaque.site, plaque.level
    named = {"programme": level.programme, "level": level, "category": site.category, "area": site.area}
    return {
        **{key: obj.name for key, obj in named.items()},
        **{f"{key}_en": obj.name_en for key, obj in named.items()},
        "site": site.name,
        "number": plaque.number,
        "awarded_on": _day(plaque.awarded_on),
        "valid_until": _day(plaque.valid_until) if plaque.valid_until else "",
        "issuer": issuer,
        "issued_on": _day(clock.today()),
        "edition": edition,
        "check": check_address(plaque.check_code),
    }


def usual_issuer(plaque: Plaque) -> str:
    """The name to start from: as the scheme signs its letters (levels the programme's owner awards), else as the unit's
    seal says, else the unit's own."""
    if signed := _signature(plaque):
        return signed
    unit = issuing_unit(plaque)
    seal = valid_seal(unit)
    with translation.override("zh-hans"):
        return seal.name if seal else str(unit)


def shown_issuer(plaque: Plaque) -> str:
    """Who awarded the plaque, for the public: in the words of its certificate, else as the scheme signs its letters; in
    other languages and for levels awarded above, the unit's name. What a seal says stays inside."""
    owner = plaque.level.programme.owner
    if plaque.level.awarded_by == Awarder.ABOVE:
        return str(owner.parent or owner)
    if not (translation.get_language() or "").startswith("zh"):
        return str(issuing_unit(plaque))
    latest = plaque.certificates.order_by("-edition").first()
    return latest.content["issuer"] if latest else _signature(plaque) or str(issuing_unit(plaque))


def _signature(plaque: Plaque) -> str:
    """How the scheme signs its letters, of levels the programme's owner awards; empty where it does not say."""
    if issuing_unit(plaque).pk != plaque.level.programme.owner_id:
        return ""
    cycles = Cycle.objects.filter(programme=plaque.level.programme).order_by("-year")
    signed = (cycle.review.get("letter", {}).get("issuer") for cycle in cycles)
    return next(filter(None, signed), "")


def _day(day: datetime.date) -> str:
    """Unpadded, as GB/T 9704-2012 writes dates."""
    return f"{day.year}年{day.month}月{day.day}日"
