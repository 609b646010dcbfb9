"""The code of a page: finding it in a picture however it lies, and what it tells of where everything else is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

#: A4 in millimetres.
PAGE_WIDTH, PAGE_HEIGHT = 210, 297
#: Pixels a millimetre of a page set upright, at most: 2000 for its longer side, about 170 dpi, reads well.
SHARPNESS = 2000 / PAGE_HEIGHT
#: Pixels of the longer side of the quick first look.
_QUICK = 1800
#: Pixels of the side of the picture in which a code's corners are measured.
_FINE = 800
#: A fall of scale (a millimetre) so small is none: turning alone is quicker done.
_NO_PERSPECTIVE = 1e-9
#: How far a guess at the page's outline may be from the code (mm), and how far the code's sides from theirs.
_NEAR_FLAT, _NEAR_PHOTO, _SIDE = 0.8, 3.0, 0.8

Point = tuple[float, float]


class Found(NamedTuple):
    """A code: what it says, and its corners in the picture (pixels), clockwise from its own upper left."""

    value: object
    corners: tuple[Point, ...]


def find_code(picture: Image.Image, understand: Callable[[str], object | None]) -> Found | None:
    """The first QR code whose text `understand` makes something of; cheap looks first, then harder ones.

    Args:
        picture: a page, whichever side is up.
        understand: turns the text of a code into a value, or None for a code of something else.
    """
    grey = picture.convert("L")
    for look, scale, left, top in _looks(grey):
        for code in zxingcpp.read_barcodes(look.picture, formats=zxingcpp.QRCode, binarizer=look.binarizer):
            value = understand(code.text)
            if value is not None:
                corners = _corners(code, scale, left, top)
                return Found(value, _finer(grey, corners, code.text))
    return None


def _corners(code: zxingcpp.Barcode, scale: float, left: float, top: float) -> tuple[Point, ...]:
    where = code.position
    ends = (where.top_left, where.top_right, where.bottom_right, where.bottom_left)
    return tuple((end.x / scale + left, end.y / scale + top) for end in ends)


def _finer(grey: Image.Image, corners: tuple[Point, ...], text: str) -> tuple[Point, ...]:
    """The corners of a code again, from a large picture of it alone: over a whole page half a pixel is a degree."""
    across, down = [x for x, _y in corners], [y for _x, y in corners]
    edge = (max(across) - min(across)) / 5
    box = (
        max(0, round(min(across) - edge)),
        max(0, round(min(down) - edge)),
        min(grey.width, round(max(across) + edge)),
        min(grey.height, round(max(down) + edge)),
    )
    scale = _FINE / max(box[2] - box[0], box[3] - box[1], 1)
    if scale <= 1:
        return corners
    size = _times((box[2] - box[0], box[3] - box[1]), scale)
    part = grey.resize(size, Image.Resampling.BICUBIC, box)
    for code in zxingcpp.read_barcodes(part, formats=zxingcpp.QRCode):
        if code.text == text:
            return _corners(code, scale, box[0], box[1])
    return corners


class _Look(NamedTuple):
    picture: Image.Image
    binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage


def _looks(grey: Image.Image) -> Iterator[tuple[_Look, float, int, int]]:
    """Ways to look at a page: the picture, its scale, and where its upper left corner lies in the page's."""
    scale = _QUICK / max(grey.size)
    if scale < 0.9:
        yield _Look(grey.resize(_times(grey.size, scale), Image.Resampling.BOX)), scale, 0, 0
    yield _Look(grey), 1, 0, 0
    for box in _edges(grey.size):
        strip = grey.crop(box)
        double = ImageOps.autocontrast(
            strip.resize(_times(strip.size, 2), Image.Resampling.BICUBIC), cutoff=1
        )
        yield _Look(double), 2, box[0], box[1]
        yield _Look(double.filter(ImageFilter.GaussianBlur(1.5))), 2, box[0], box[1]
        yield _Look(double, zxingcpp.Binarizer.GlobalHistogram), 2, box[0], box[1]


def _edges(size: tuple[int, int]) -> list[tuple[int, int, int, int]]:
    """The code stands in the foot of its page, which may be any edge of the picture: the four outer quarters."""
    width, height = size
    across, down = width // 4, height // 4
    return [
        (0, height - down, width, height),
        (0, 0, width, down),
        (0, 0, across, height),
        (width - across, 0, width, height),
    ]


def _times(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


@dataclass(frozen=True)
class PageMap:
    """From millimetres of the page to pixels of a picture: x = (ax + by + c) / (gx + hy + 1), y alike."""

    coefficients: tuple[float, ...]

    def pixel(self, x: float, y: float) -> Point:
        a, b, c, d, e, f, g, h = self.coefficients
        depth = g * x + h * y + 1
        return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth

    def upright(self, picture: Image.Image) -> tuple[Image.Image, float]:
        """The page as it was printed, upper edge up, white where the picture ends; and its pixels a millimetre.

        As sharp as the picture is, up to SHARPNESS.
        """
        sharpness = min(SHARPNESS, self.density)
        a, b, c, d, e, f, g, h = self.coefficients
        per_pixel = (a, b, c * sharpness, d, e, f * sharpness, g, h)
        inverse = tuple(value / sharpness for value in per_pixel)
        way, smooth = Image.Transform.PERSPECTIVE, Image.Resampling.BILINEAR
        if max(abs(g), abs(h)) < _NO_PERSPECTIVE:
            way, inverse = Image.Transform.AFFINE, inverse[:6]
        size = (round(PAGE_WIDTH * sharpness), round(PAGE_HEIGHT * sharpness))
        return picture.transform(size, way, inverse, smooth, fillcolor="white"), sharpness

    @property
    def density(self) -> float:
        """Pixels a millimetre in the middle of the page."""
        left, right = (
            self.pixel(PAGE_WIDTH / 4, PAGE_HEIGHT / 2),
            self.pixel(PAGE_WIDTH * 3 / 4, PAGE_HEIGHT / 2),
        )
        return _distance(left, right) / (PAGE_WIDTH / 2)


def map_page(picture: Image.Image, found: Found, left: float, top: float, side: float) -> PageMap:
    """Where the page lies in the picture.

    A code of 20 mm tells turn and size, but over a whole page its small errors grow, and it cannot tell perspective.
    So the page's outline is used where it can be seen and the code stands in it where it belongs.

    Args:
        left, top, side: where the code is printed on the page and how large, in millimetres.
    """
    printed = ((left, top), (left + side, top), (left + side, top + side), (left, top + side))
    by_code = _similar(printed, found.corners)
    width, height = picture.size
    whole = ((0, 0), (width, 0), (width, height), (0, height))
    guess = perspective(_CORNERS, _turned(whole, by_code))
    if guess and _fits(guess, printed, found.corners, by_code.density, _NEAR_FLAT):
        return guess
    outline = _outline(picture)
    if max(_distance(*pair) for pair in zip(outline, whole, strict=True)) < max(width, height) / 40:
        # Bright up to its edges: the paper itself is not to be seen.
        return by_code
    guess = perspective(_CORNERS, _turned(outline, by_code))
    if guess and _fits(guess, printed, found.corners, by_code.density, _NEAR_PHOTO):
        return guess
    return by_code


_CORNERS = ((0, 0), (PAGE_WIDTH, 0), (PAGE_WIDTH, PAGE_HEIGHT), (0, PAGE_HEIGHT))


def _similar(page: tuple[Point, ...], pixels: tuple[Point, ...]) -> PageMap:
    """Turn, size and place that bring the points of the page closest to their pixels (least squares)."""
    sources, targets = [complex(*point) for point in page], [complex(*point) for point in pixels]
    middle, aim = sum(sources) / len(sources), sum(targets) / len(targets)
    factor = sum(
        (source - middle).conjugate() * (target - aim)
        for source, target in zip(sources, targets, strict=True)
    ) / sum(abs(source - middle) ** 2 for source in sources)
    start = aim - factor * middle
    return PageMap((factor.real, -factor.imag, start.real, factor.imag, factor.real, start.imag, 0.0, 0.0))


def perspective(page: tuple[Point, ...], pixels: tuple[Point, ...]) -> PageMap | None:
    """The perspective that brings four points of the page exactly to four pixels; None when they do not span one."""
    rows = []
    for (x, y), (u, v) in zip(page, pixels, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    solved = _solve(rows)
    return PageMap(tuple(solved)) if solved else None


def _solve(rows: list[list[float]]) -> list[float] | None:
    """Solve linear equations, each row its coefficients and its right side, by elimination with pivots."""
    size = len(rows)
    for step in range(size):
        pivot = max(range(step, size), key=lambda row: abs(rows[row][step]))
        if abs(rows[pivot][step]) < 1e-9:
            return None
        rows[step], rows[pivot] = rows[pivot], rows[step]
        rows[step] = [value / rows[step][step] for value in rows[step]]
        for row in range(size):
            if row != step and rows[row][step]:
                factor = rows[row][step]
                rows[row] = [value - factor * own for value, own in zip(rows[row], rows[step], strict=True)]
    return [row[size] for row in rows]


def _turned(corners: tuple[Point, ...], by_code: PageMap) -> tuple[Point, ...]:
    """Four corners in the order upper left, upper right … of the page: the one nearest to where the code says."""
    start = by_code.pixel(0, 0)
    first = min(range(4), key=lambda place: _distance(corners[place], start))
    return corners[first:] + corners[:first]


def _fits(guess: PageMap, printed, corners, density: float, near: float) -> bool:
    """Whether a guess puts the code where it was found: within `near` mm, and its sides as long and turned alike."""
    offs = []
    for (x, y), (u, v) in zip(printed, corners, strict=True):
        px, py = guess.pixel(x, y)
        offs.append(complex(px - u, py - v) / density)
    if max(abs(off) for off in offs) > near:
        return False
    return max(abs(offs[place] - offs[place - 1]) for place in range(4)) <= _SIDE


def _outline(picture: Image.Image) -> tuple[Point, ...]:
    """The corners of the brightest large thing, a sheet of paper on a darker table, clockwise from the upper left."""
    small = picture.convert("L")
    small.thumbnail((256, 256), Image.Resampling.BOX)
    small = small.filter(ImageFilter.MedianFilter(5))
    limit = _between(small.histogram())
    ends = list(_bright_ends(small.point(lambda value: value > limit).tobytes(), small.width))
    if not ends:
        return ((0, 0),) * 4
    sums, gaps = (lambda point: point[0] + point[1]), (lambda point: point[0] - point[1])
    found = (min(ends, key=sums), max(ends, key=gaps), max(ends, key=sums), min(ends, key=gaps))
    # From the pixel to its outer corner, and back to the picture's own size.
    outer = ((0, 0), (1, 0), (1, 1), (0, 1))
    x_scale, y_scale = picture.width / small.width, picture.height / small.height
    return tuple(
        ((x + dx) * x_scale, (y + dy) * y_scale) for (x, y), (dx, dy) in zip(found, outer, strict=True)
    )


def _bright_ends(mask: bytes, width: int) -> Iterator[tuple[int, int]]:
    """The first and the last bright pixel (1) of each row: no other can be a corner."""
    for row in range(len(mask) // width):
        line = mask[row * width : (row + 1) * width]
        if (first := line.find(1)) >= 0:
            yield first, row
            yield line.rfind(1), row


def _between(histogram: list[int]) -> int:
    """The grey that parts dark from bright best (Otsu: the largest variance between the two)."""
    total, weighted = sum(histogram), sum(value * count for value, count in enumerate(histogram))
    best, limit, below, sum_below = -1.0, 0, 0, 0
    for value, count in enumerate(histogram):
        below += count
        sum_below += value * count
        if 0 < below < total:
            gap = sum_below / below - (weighted - sum_below) / (total - below)
            if (variance := below * (total - below) * gap * gap) > best:
                best, limit = variance, value
    return limit


def _distance(one: Point, other: Point) -> float:
    return abs(complex(*one) - complex(*other))
