"""What a scanned page costs, from the file that came in to the page filed: read, set upright, seal looked for, kept.

The floor is what keeping an upright page costs at the least: unpack the same picture, set it straight by an angle known
beforehand, write it again.

    python -m benchmarks.scans
"""

import io
import json
import resource
import sys
import time

from benchmarks.data import programme, scratch
from benchmarks.timing import Line, medians, show

DPI = (150, 300)
#: Pages of one batch, and how many applications they are of.
BATCH, APPLICATIONS = 50, 12
REPETITIONS = 5
FLOOR = "unpack, straighten, write"
TEXT = "组织健全，制度完善，活动经常，台账齐全，得到居民普遍好评。" * 25


def run() -> list[Line]:
    """Measure a batch of mixed pages as a worker reads it, then single pages at both sharpnesses."""
    from django.utils import translation

    translation.activate("en")
    scene = programme()
    papers = [_paper(scene, number) for number in range(APPLICATIONS)]
    # The batch first: a larger page before it would hide how much memory it takes.
    batch = _batch(scene, papers)
    return [*(_page(scene, papers[0], dpi) for dpi in DPI), *batch]


def _paper(scene, number: int):
    """A printed version of a filled draft."""
    from applications.models import Application
    from applications.paper import printed
    from applications.services import freeze, save_form, start_application
    from sites.services import award_own_plaque, register_site

    site = register_site(
        actor=scene.county,
        programme=scene.programme,
        category=scene.programme.categories.get(code="community"),
        area=scene.areas[0],
        name=f"同心示范点{number:02d}",
        address="某路1号",
        person_in_charge="主任",
    )
    level = scene.programme.levels.get(code="county")
    award_own_plaque(actor=scene.county, site=site, level=level, reason="文件")
    rule = scene.cycles[0].level_rules.get(level__code="city")
    application = start_application(actor=scene.county, site=site, rule=rule)
    codes = [field["code"] for section in rule.cycle.form["sections"] for field in section["fields"]]
    application = save_form(
        actor=scene.county, application=application, revision=1, data=dict.fromkeys(codes, TEXT)
    )
    return printed(freeze(actor=scene.county, application=Application.objects.get(pk=application.pk)))


def _scans(version, dpi: int) -> list[bytes]:
    """JPEG of each page, stamped, 1.5° askew and upside down."""
    import pypdfium2
    from PIL import Image, ImageDraw

    scale, found = dpi / 25.4, []
    with version.pdf.open() as file:
        document = pypdfium2.PdfDocument(file.read())
    for number, page in enumerate(document, start=1):
        sheet = page.render(scale=dpi / 72, rev_byteorder=True).to_pil().convert("RGB")
        for place in version.places.values():
            if place["page"] == number:
                left, top = place["left"] * scale, place["top"] * scale
                box = (left, top, left + 42 * scale, top + 42 * scale)
                ImageDraw.Draw(sheet).ellipse(box, outline=(200, 30, 35), width=round(1.5 * scale))
        askew = sheet.rotate(1.5, Image.Resampling.BICUBIC, fillcolor="white").rotate(180)
        stream = io.BytesIO()
        askew.save(stream, "JPEG", quality=75)
        found.append(stream.getvalue())
    document.close()
    return found


def _upload(content: bytes, name: str):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content)


def _page(scene, version, dpi: int) -> Line:
    from applications.services import add_scans

    pages = _scans(version, dpi)

    def read():
        files = [_upload(page, f"{number}.jpg") for number, page in enumerate(pages)]
        add_scans(actor=scene.county, application=version.application, uploads=files)

    def floor():
        for page in pages:
            _set_straight(page)

    seconds, least = medians(read, floor, repetitions=REPETITIONS, warm_up=1)
    job = f"scan of {dpi} dpi (JPEG), per page"
    return Line(job, seconds / len(pages), FLOOR, least / len(pages), "≤ 2")


def _set_straight(page: bytes) -> None:
    from PIL import Image

    from applications.scanning.pages import LOOK

    with Image.open(io.BytesIO(page)) as picture:
        sheet = picture.convert("RGB")
        sheet.thumbnail((LOOK, LOOK))
        straight = sheet.rotate(178.5, Image.Resampling.BILINEAR, fillcolor="white")
        straight.save(io.BytesIO(), "JPEG", quality=85)


def _batch(scene, papers: list) -> list[Line]:
    """Fifty pages of twelve applications at 150 dpi, as a worker does them."""
    from applications.models import ScannedPage
    from applications.services import add_batch, read_scans
    from notices.services.jobs import run_job

    pages = [page for version in papers for page in _scans(version, DPI[0])][:BATCH]
    before = _peak()
    job = add_batch(
        actor=scene.office, uploads=[_upload(page, f"{number}.jpg") for number, page in enumerate(pages)]
    )
    start = time.perf_counter()
    run_job(job.pk, read_scans)
    seconds = time.perf_counter() - start
    if ScannedPage.objects.filter(upload__job=job, verdict="filed").count() != len(pages):
        print("Not every page of the batch was filed: mend benchmarks/scans.py.")
    start = time.perf_counter()
    for page in pages:
        _set_straight(page)
    floor = time.perf_counter() - start
    name = f"batch of {len(pages)} scanned pages, 150 dpi"
    unpacked = 1240 * 1754 * 3 / 1e6
    return [
        Line(name, seconds, FLOOR, floor, "≤ 2"),
        Line(f"{name}, memory above before (MB)", _peak() - before, "one page unpacked", unpacked, ""),
    ]


def _peak() -> float:
    """The most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


if __name__ == "__main__":
    with scratch():
        lines = run()
    if "--json" in sys.argv:
        print(json.dumps(lines))
    else:
        show(lines)
