"""Visits recorded, as pages read them: rows, one visit with its checklist, pictures used before."""

from collections.abc import Iterable

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.names import in_language
from supervision.enums import InspectionState
from supervision.fingerprint import MOST_BITS, distance
from supervision.models import Finding, Inspection, InspectionPhoto

#: Visits of a site its page shows.
SHOWN_OF_SITE = 5


def inspections_for_list(user):
    """Visits a person may see with what a row shows: `found`, the number of findings, and `pictures`; one query."""
    return (
        Inspection.objects.visible_to(user)
        .select_related(
            "group__programme__owner", "cycle__programme", "area", "unit", "site__category", "recorded_by"
        )
        .annotate(found=_count(Finding, "inspection"), pictures=_count(InspectionPhoto, "inspection"))
    )


def visits_of_site(user, site) -> list[Inspection]:
    """The newest visits of a site that hold, for its page; one query."""
    rows = Inspection.objects.visible_to(user).filter(site=site).exclude(state=InspectionState.VOID)
    return list(rows.select_related("group").annotate(found=_count(Finding, "inspection"))[:SHOWN_OF_SITE])


def answered(inspection: Inspection) -> list[dict]:
    """The items of the checklist kept with a visit, each with its words, answer and note in the page's language."""
    articles = inspection.cycle.articles
    return [
        {
            "text": in_language(item, "text"),
            "kind": item["kind"],
            "article": articles.get(item.get("article", ""), ""),
            "answer": inspection.answers.get(item["code"], {}).get("answer", ""),
            "note": inspection.answers.get(item["code"], {}).get("note", ""),
        }
        for item in inspection.checklist.get("items", [])
    ]


def gallery(user, inspection: Inspection) -> list[InspectionPhoto]:
    """The photos of a visit, each with `used_before`: earlier photos the reader may see that show the same picture.

    The same as supervision.fingerprint.similar_photos, for all photos of a visit at once: three queries at the most.
    """
    photos = list(inspection.photos.order_by("order", "id"))
    prints = [photo for photo in photos if photo.fingerprint]
    known = _known_prints(user, inspection) if prints else []
    near = {
        photo.pk: {
            pk: distance(photo.fingerprint, other)
            for pk, other, arrived in known
            if pk != photo.pk
            and arrived <= photo.arrived_at
            and distance(photo.fingerprint, other) <= MOST_BITS
        }
        for photo in prints
    }
    others = _photos(set().union(*near.values())) if any(near.values()) else {}
    for photo in photos:
        found = near.get(photo.pk, {})
        photo.used_before = [others[pk] for pk in sorted(found, key=lambda pk, found=found: (found[pk], pk))]
    return photos


def _known_prints(user, inspection: Inspection) -> list[tuple]:
    rows = InspectionPhoto.objects.visible_to(user).arrived().exclude(fingerprint="")
    rows = rows.filter(inspection__cycle__programme=inspection.cycle.programme_id)
    rows = rows.exclude(inspection__state=InspectionState.VOID).order_by()
    return list(rows.values_list("pk", "fingerprint", "arrived_at"))


def _photos(ids: Iterable[int]) -> dict[int, InspectionPhoto]:
    rows = InspectionPhoto.objects.filter(pk__in=ids)
    return rows.select_related("inspection__site", "inspection__unit").in_bulk()


def _count(model, key: str):
    counted = model.objects.filter(**{key: OuterRef("pk")}).order_by().values(key).annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)
