"""What waits for a seal, and whose seals a person keeps: reads for pages and the inbox."""

from django.db.models import Exists, OuterRef, Prefetch, Q

from accounts.enums import Role
from accounts.models import Unit
from accounts.scope import units_with_role
from applications.enums import EDITABLE_STATES
from applications.models import Application, FormVersion, Seal, Sealing
from applications.sealing.rules import SEALED_LATER, Box, next_box, why_not_seal

_RELATED = ("application__cycle__programme__owner__parent", "application__site", "application__level")


def kept_units(user) -> list[Unit]:
    """The units whose seal a person keeps."""
    return units_with_role(user, (Role.SEAL_KEEPER,))


def kept_seals(user):
    """Seals a person may see, those of the units he or she keeps seals for first, the valid one before older ones."""
    return Seal.objects.visible_to(user).select_related("unit", "registered_by").order_by("unit_id", "-id")


def forms_waiting(user) -> list[Box]:
    """The boxes that wait for a seal this person keeps, oldest form first; a fixed number of queries.

    A county's form waits as soon as it is printed, a returned one once it was corrected and printed anew; at the
    levels above it waits only when the levels below sealed it electronically, because a form stamped on paper goes on
    as paper.
    """
    kept = {unit.pk for unit in kept_units(user)}
    if not kept:
        return []
    own = Q(application__area_id__in=kept, application__state__in=EDITABLE_STATES, filed_at=None)
    filed = Q(application__state__in=SEALED_LATER, filed_at__isnull=False, begun=True)
    later = FormVersion.objects.filter(application=OuterRef("application"), number__gt=OuterRef("number"))
    versions = (
        FormVersion.objects.filter(application__in=Application.objects.visible_to(user))
        .annotate(begun=Exists(Sealing.objects.filter(version=OuterRef("pk"))), older=Exists(later))
        .filter(own | filed, older=False)
        .select_related(*_RELATED, "application__area")
        .prefetch_related(Prefetch("sealings", Sealing.objects.select_related("seal")))
        .order_by("made_at", "id")
    )
    boxes = [next_box(version) for version in versions]
    return [box for box in boxes if box and box.unit and box.unit.pk in kept and _timely(box)]


def _timely(box: Box) -> bool:
    return box.whose == "area" or box.version.filed_at is not None


def box_to_seal(user, application: Application) -> Box | None:
    """The box of an application's latest version that this person may seal now, or None."""
    if not kept_units(user):
        return None
    version = FormVersion.objects.visible_to(user).filter(application=application).order_by("-number").first()
    box = next_box(version) if version else None
    return box if box and why_not_seal(user, version, box.code) is None else None


def sealings_of(application: Application) -> list[Sealing]:
    """The electronic seals on an application's versions, in the order they were put on; one query."""
    rows = Sealing.objects.filter(version__application=application)
    return list(
        rows.select_related("seal__unit", "version", "sealed_by").order_by("version__number", "order")
    )


def last_sealed(version: FormVersion) -> Sealing | None:
    return version.sealings.order_by("order").last()
