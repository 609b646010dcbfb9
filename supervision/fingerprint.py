"""Which photos show the same picture, whatever size it was saved in: a difference hash of 64 bits."""

from io import BytesIO

from PIL import Image, ImageOps

from supervision.enums import InspectionState
from supervision.models import InspectionPhoto

#: Bits of 64 by which two prints of one picture may differ; another size or quality changes a few.
MOST_BITS = 6
#: Between its darkest and its lightest part a picture without detail (all dark, all sky) differs by less, of 255:
#: its print would be chance and fit every other such picture.
LEAST_CONTRAST = 16


def fingerprint_of(content: bytes) -> str:
    """The print of a picture (JPEG or PNG) as 16 hex digits; empty for a nearly uniform one.

    Each bit says whether a field of a grid of 9 × 8 is lighter than its neighbour on the left, so that brightness,
    size and quality hardly matter.
    """
    with Image.open(BytesIO(content)) as picture:
        picture.draft("L", (144, 128))  # a JPEG is read at about the size needed, not at its own
        upright = ImageOps.exif_transpose(picture)
        fields = upright.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    if max(fields) - min(fields) < LEAST_CONTRAST:
        return ""
    bits = "".join(
        str(int(fields[row * 9 + column + 1] > fields[row * 9 + column]))
        for row in range(8)
        for column in range(8)
    )
    return f"{int(bits, 2):016x}"


def distance(one: str, other: str) -> int:
    """By how many bits two prints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def similar_photos(photo: InspectionPhoto, user=None) -> list[InspectionPhoto]:
    """Earlier photos of the same programme that show the same picture, the nearest first, with their visit.

    Visits declared void do not count. With `user` only what he or she may see. Empty while the photo has not
    arrived and for a picture without detail. Two queries whatever their number.
    """
    if not photo.fingerprint:
        return []
    rows = InspectionPhoto.objects.visible_to(user) if user is not None else InspectionPhoto.objects.all()
    earlier = rows.filter(
        inspection__cycle__programme=photo.inspection.cycle.programme_id, arrived_at__lte=photo.arrived_at
    ).exclude(inspection__state=InspectionState.VOID)
    near = {
        pk: distance(photo.fingerprint, other)
        for pk, other in earlier.exclude(pk=photo.pk)
        .exclude(fingerprint="")
        .order_by()
        .values_list("pk", "fingerprint")
        if distance(photo.fingerprint, other) <= MOST_BITS
    }
    found = InspectionPhoto.objects.filter(pk__in=near).select_related("inspection__site", "inspection__unit")
    return sorted(found, key=lambda other: (near[other.pk], other.pk))
