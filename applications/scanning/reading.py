"""What a scanned page says of itself: the code on it, the form version the code names, where red is seen."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models.functions import Sign
from PIL import Image

from applications.codes import CODE_SIZE, PageCode, code_place, read_code
from applications.models import FormVersion, ScanUpload
from applications.scanning.codes import find_code, map_page
from applications.scanning.pages import LOOK, LOOK_CLOSER, PageDamaged, Sheet, sheets
from applications.scanning.redness import has_colour, seal_seen

#: Of the pictures kept, as JPEG counts it.
_QUALITY = 85


@dataclass(frozen=True)
class Reading:
    """One page as it was read: its code, the form version the code names, the upright picture, what red was seen."""

    upload: ScanUpload
    position: int
    image: Path | None
    code: PageCode | None = None
    version: FormVersion | None = None
    seals: dict[str, bool | None] = field(default_factory=dict)


def read_pages(uploads: list[ScanUpload], folder: Path) -> Iterator[Reading]:
    """Read the pages of files in their order; the upright pictures are put into the folder."""
    versions: dict[PageCode, FormVersion | None] = {}
    for upload in uploads:
        with upload.file.open() as file:
            for position, sheet in enumerate(sheets(file, upload.content_type, upload.name), start=1):
                yield _read(upload, position, sheet, folder, versions)


def _read(upload: ScanUpload, position: int, sheet: Sheet, folder: Path, versions: dict) -> Reading:
    """Look at one page: a quick look first, a closer one when no code was found."""
    try:
        picture = sheet.picture(LOOK)
        found = find_code(picture, read_code)
        if found is None:
            closer = sheet.picture(LOOK_CLOSER)
            if max(closer.size) > max(picture.size) and (found := find_code(closer, read_code)):
                picture = closer
    except PageDamaged:
        return Reading(upload, position, None)
    path = folder / f"{upload.pk}-{position}.jpg"
    if found is None:
        return Reading(upload, position, _saved(picture, path))
    code: PageCode = found.value
    if code not in versions:
        versions[code] = version_named(code)
    if code.is_word_copy:
        return Reading(upload, position, _saved(picture, path), code, versions[code])
    page, sharpness = map_page(picture, found, *code_place(code.page), CODE_SIZE).upright(picture)
    seals = _seals(page, sharpness, code, versions[code])
    return Reading(upload, position, _saved(page, path), code, versions[code], seals)


def _saved(picture: Image.Image, path: Path) -> Path:
    picture.thumbnail((LOOK, LOOK))
    picture.save(path, "JPEG", quality=_QUALITY)
    return path


def version_named(code: PageCode) -> FormVersion | None:
    """The version a code names: of equal contents the last that was printed."""
    versions = FormVersion.objects.filter(
        application__number__iexact=code.number, content_hash__startswith=code.digest
    )
    return versions.order_by(Sign("pages"), "number").last()


def _seals(
    page: Image.Image, sharpness: float, code: PageCode, version: FormVersion | None
) -> dict[str, bool | None]:
    """For each opinion box on this page whether red is seen there; None where the page holds no colour at all."""
    places = version.places if version else {}
    here = {box: place for box, place in places.items() if place["page"] == code.page}
    if not here:
        return {}
    seen = {box: seal_seen(page, place["left"], place["top"], sharpness) for box, place in here.items()}
    if any(seen.values()) or has_colour(page):
        return seen
    return dict.fromkeys(here)


def codes_in(upload, content_type: str) -> Iterator[tuple[int, PageCode]]:
    """The codes that can be read in an upload, each with its page."""
    for position, sheet in enumerate(sheets(upload, content_type, upload.name), start=1):
        try:
            found = find_code(sheet.picture(LOOK), read_code)
        except PageDamaged:
            continue
        if found is not None:
            yield position, found.value
