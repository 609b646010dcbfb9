"""Paper as it comes back: real printed forms, rendered, stamped, scanned badly or photographed."""

import functools
import io
import math
import random
import subprocess
import tempfile
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from applications.models import FormVersion
from applications.paper import printed
from applications.scanning.codes import perspective
from applications.services import freeze, keep_print

RED = (200, 30, 35)
_MM = 25.4
#: Printed forms by the content they say: the same content in another test is not printed again.
_PRINTED: dict[str, tuple[bytes, int, dict]] = {}


def print_form(actor, application) -> FormVersion:
    """The present version of an application, printed by the product."""
    version = freeze(actor=actor, application=application)
    key = f"{version.number}/{version.content_hash}"
    if key in _PRINTED:
        pdf, pages, places = _PRINTED[key]
        return keep_print(version=version, pdf=pdf, pages=pages, places=places)
    version = printed(version)
    with version.pdf.open() as file:
        _PRINTED[key] = (file.read(), version.pages, version.places)
    return version


def sheets_of(version: FormVersion, dpi: int = 150) -> list[Image.Image]:
    """A version's pages as pdftoppm draws them; new pictures each time, to be drawn on."""
    with version.pdf.open() as file:
        return [sheet.copy() for sheet in _rendered(file.read(), dpi)]


@functools.lru_cache(maxsize=40)
def _rendered(pdf: bytes, dpi: int) -> tuple[Image.Image, ...]:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "form.pdf"
        source.write_bytes(pdf)
        subprocess.run(["pdftoppm", "-r", str(dpi), source, f"{folder}/page"], check=True)
        files = sorted(Path(folder).glob("*.ppm"))
        return tuple(Image.open(file).convert("RGB") for file in files)


def stamped(version: FormVersion, dpi: int = 150, boxes=("county",), **seal) -> list[Image.Image]:
    """The pages with a red seal over the place of each box, as a county brings them back from its office."""
    sheets = sheets_of(version, dpi)
    for box in boxes:
        place = version.places[box]
        stamp(sheets[place["page"] - 1], dpi, place["left"], place["top"], **seal)
    return sheets


def stamp(
    sheet: Image.Image, dpi: int, left: float, top: float, colour=RED, ink=0.85, off=(3, -4), seed=1
) -> None:
    """Draw a seal of 42 mm: ring, star, strokes like characters, patchy as ink is; `off` mm beside its place."""
    scale = dpi / _MM
    side = round(42 * scale)
    mask = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(mask)
    line = max(1, round(1.2 * scale))
    draw.ellipse([line, line, side - line, side - line], outline=255, width=line)
    draw.polygon(_star(side / 2, 7 * scale), fill=255)
    dice = random.Random(seed)
    for step in range(9):
        turn = math.radians(-130 + 32 * step)
        x, y = side / 2 + 15.5 * scale * math.sin(turn), side / 2 - 15.5 * scale * math.cos(turn)
        for _stroke in range(4):
            ends = [
                (x + dice.uniform(-2.2, 2.2) * scale, y + dice.uniform(-2.2, 2.2) * scale) for _end in "ab"
            ]
            draw.line(ends, fill=255, width=max(1, round(0.6 * scale)))
    patches = Image.new("L", (24, 24))
    patches.putdata([255 if dice.random() < ink else dice.randrange(140) for _patch in range(576)])
    mask = ImageChops.multiply(mask, patches.resize((side, side), Image.Resampling.BICUBIC))
    where = (round((left + off[0]) * scale), round((top + off[1]) * scale))
    sheet.paste(Image.new("RGB", (side, side), colour), where, mask)


def _star(middle: float, radius: float) -> list[tuple[float, float]]:
    reach = [radius if corner % 2 == 0 else radius * 0.4 for corner in range(10)]
    turns = [math.pi * corner / 5 for corner in range(10)]
    return [
        (middle + far * math.sin(turn), middle - far * math.cos(turn))
        for far, turn in zip(reach, turns, strict=True)
    ]


def scanned(
    sheet: Image.Image, turn: int = 0, skew: float = 0, quality: int = 60, grain: int = 0, seed=1
) -> bytes:
    """A JPEG of a page laid askew (degrees), the wrong way round (quarter turns in degrees), with grain (0–255)."""
    if skew:
        sheet = sheet.rotate(skew, Image.Resampling.BICUBIC, fillcolor="white")
    if turn:
        sheet = sheet.rotate(turn, expand=True)
    if grain:
        sheet = ImageChops.add(sheet, _grain(sheet.size, grain, seed), offset=-128)
    return jpeg(sheet, quality)


def _grain(size, strength: int, seed: int) -> Image.Image:
    """Noise around the middle grey, the same for the same seed; small pieces of it repeated are noise enough."""
    dice = random.Random(seed)
    tile = Image.new("L", (64, 64))
    tile.putdata([128 + round(dice.gauss(0, strength)) for _pixel in range(64 * 64)])
    whole = Image.new("L", size)
    for x in range(0, size[0], 64):
        for y in range(0, size[1], 64):
            whole.paste(tile, (x, y))
    return Image.merge("RGB", (whole,) * 3)


def photographed(sheet: Image.Image, turn: int = 0) -> bytes:
    """A phone's picture: paper on a dark table, seen a little from the side, yellow light that falls off, not sharp."""
    width, height = 1650, 2200
    corners = ((130, 110), (1490, 170), (1580, 2110), (60, 2030))
    outline = ((0, 0), (sheet.width, 0), (sheet.width, sheet.height), (0, sheet.height))
    seen = perspective(corners, outline).coefficients
    way = Image.Transform.PERSPECTIVE
    picture = sheet.transform((width, height), way, seen, Image.Resampling.BICUBIC, fillcolor=(70, 62, 55))
    light = Image.linear_gradient("L").resize((width, height))
    lamps = [
        light.point(lambda value, part=part: int((130 + value * 0.48) * part)) for part in (1, 0.95, 0.78)
    ]
    picture = ImageChops.multiply(picture, Image.merge("RGB", lamps))
    return jpeg(picture.filter(ImageFilter.GaussianBlur(0.8)).rotate(turn, expand=True), 70)


def jpeg(sheet: Image.Image, quality: int = 60) -> bytes:
    stream = io.BytesIO()
    sheet.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def as_pdf(sheets: list[Image.Image], quality: int = 60) -> bytes:
    """What a scanner that feeds itself makes: one PDF, a picture a page."""
    stream = io.BytesIO()
    sheets[0].save(stream, "PDF", save_all=True, append_images=sheets[1:], quality=quality, resolution=150)
    return stream.getvalue()


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
