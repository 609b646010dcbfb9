"""Pictures that stand in for papers in a demonstration; each says across its face that it is one."""

import io
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from notices.font_library import LibraryMissing, find_font

FONT = "Noto Serif CJK SC"
PLAQUE, SHEET = (640, 420), (620, 877)
RED, INK, PAPER = (178, 34, 34), (40, 40, 40), (252, 250, 244)


def demo_paper(*, name: str, lines: list[str], size: tuple[int, int] = PLAQUE) -> SimpleUploadedFile:
    """A PNG with a few lines of text and 演示 across it, as an upload called `name`.png.

    It carries no seal, so that it can never be taken for a real paper. On a machine without Chinese fonts,
    which cannot print forms either, it only says DEMO.
    """
    picture = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((8, 8, size[0] - 9, size[1] - 9), outline=RED, width=4)
    readable = demo_font(24) is not None
    for number, line in enumerate(lines if readable else []):
        pen.text((size[0] / 2, 60 + number * 44), line, fill=INK, font=demo_font(24), anchor="mm")
    mark = "演示 非真实文件" if readable else "DEMO"
    font = demo_font(56) or ImageFont.load_default(56)
    pen.text((size[0] / 2, size[1] * 0.75), mark, fill=RED, font=font, anchor="mm")
    file = io.BytesIO()
    # Few colours, and the quick way to them: a demonstration has dozens of papers.
    picture.quantize(8, Image.Quantize.FASTOCTREE).save(file, "PNG")
    return SimpleUploadedFile(f"{name}.png", file.getvalue(), "image/png")


@cache
def demo_font(size: int) -> ImageFont.FreeTypeFont | None:
    """A Chinese font for drawn papers and pictures, None on a machine without one."""
    try:
        found = find_font(FONT)
    except LibraryMissing:
        return None
    return found and ImageFont.truetype(str(found.path), size, index=found.index)
