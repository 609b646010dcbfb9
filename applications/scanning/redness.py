"""Is there a red seal where the form expects it? Told by colour alone, from a page set upright.

Not a proof of anything: a hint that somebody forgot the stamp. So it is only ever a warning.
"""

from PIL import Image, ImageChops, ImageFilter, ImageStat

#: The round seal of Party committee departments, and how far beside its place it may be put, in millimetres.
SEAL, MARGIN = 42, 14
#: A seal's red reaches at least so far in both directions (mm), and covers at least so much (mm²): a ring of 42 mm
#: that is printed to a third does. A signature, an underline or a tick in red do not.
_LEAST_SPREAD, _LEAST_AREA = 27, 45
#: Pixels a millimetre while looking.
_LOOK = 3
#: How much redder than green and blue (of 255, on paper made white), and how bright at least.
_REDDER, _BRIGHT = 34, 70
#: Of the eight outer fields of a nine-field square around the red, how many hold some: a ring goes all around.
_LEAST_FIELDS, _FIELD_AREA = 5, 1.5
#: The strongest tint that still is no colour: what a camera or a JPEG makes of grey.
_TINT = 10


def seal_seen(page: Image.Image, left: float, top: float, sharpness: float) -> bool:
    """Whether something red, as large as a seal, is where a seal is expected.

    Args:
        page: the page upright, in colour. left, top: the upper left corner of the 42 mm place, in millimetres.
        sharpness: pixels a millimetre of `page`.
    """
    red = _red(_window(page, left, top, sharpness))
    # What single pixels of noise hold apart is no ink.
    red = red.filter(ImageFilter.MedianFilter(3))
    if _area(red) < _LEAST_AREA:
        return False
    box = _body(red)
    if min(box[2] - box[0], box[3] - box[1]) < _LEAST_SPREAD * _LOOK:
        return False
    return _fields(red.crop(box)) >= _LEAST_FIELDS


def has_colour(page: Image.Image) -> bool:
    """Whether any part of a page differs in colour from the rest; a grey scan, or one colour all over, does not."""
    small = page.convert("RGB")
    small.thumbnail((600, 600), Image.Resampling.BOX)
    _lightness, *tints = small.convert("LAB").split()
    for tint in tints:
        counts, total = tint.histogram(), small.width * small.height
        low, high = _percentile(counts, total, 0.0005), _percentile(counts, total, 0.9995)
        middle = _percentile(counts, total, 0.5)
        if max(high - middle, middle - low) > _TINT:
            return True
    return False


def _window(page: Image.Image, left: float, top: float, sharpness: float) -> Image.Image:
    """The place and its margin, small, with its paper made white: yellow light and grey paper fall away."""
    edges = (left - MARGIN, top - MARGIN, left + SEAL + MARGIN, top + SEAL + MARGIN)
    box = tuple(round(edge * sharpness) for edge in edges)
    side = (SEAL + 2 * MARGIN) * _LOOK
    # A place at the edge of the paper: what lies outside is white too.
    part = Image.new("RGB", (box[2] - box[0], box[3] - box[1]), "white")
    part.paste(page, (-box[0], -box[1]))
    return _white(part.resize((side, side), Image.Resampling.BOX))


def _white(part: Image.Image) -> Image.Image:
    """Divide by the paper: its colour here, field by field, so that a shadow over half the place does not matter."""
    paper = part.resize((7, 7), Image.Resampling.BOX)
    fields = []
    for row in range(7):
        for column in range(7):
            across, down = part.width / 7, part.height / 7
            field = part.crop(
                (
                    round(column * across),
                    round(row * down),
                    round((column + 1) * across),
                    round((row + 1) * down),
                )
            )
            total = field.width * field.height
            counts = field.histogram()
            fields.append(tuple(_percentile(counts[n * 256 : n * 256 + 256], total, 0.85) for n in range(3)))
    paper.putdata(fields)
    paper = paper.filter(ImageFilter.MedianFilter(3)).resize(part.size, Image.Resampling.BICUBIC)
    return _divided(part, paper)


def _divided(part: Image.Image, paper: Image.Image) -> Image.Image:
    """part / paper × 255, channel by channel, through the difference: 255 − (paper − part) × 255 / paper."""
    shares = []
    for own, ground in zip(part.split(), paper.split(), strict=True):
        darker = ImageChops.subtract(ground, own)
        level = max(ImageStat.Stat(ground).mean[0], 40)
        shares.append(darker.point(lambda value, level=level: 255 - min(255, round(value * 255 / level))))
    return Image.merge("RGB", shares)


def _red(part: Image.Image) -> Image.Image:
    """255 where a pixel is red, else 0."""
    red, green, blue = part.split()
    redder = ImageChops.subtract(red, ImageChops.lighter(green, blue))
    redder = redder.point(lambda value: 255 * (value >= _REDDER))
    bright = red.point(lambda value: 255 * (value >= _BRIGHT))
    return ImageChops.darker(redder, bright)


def _area(mask: Image.Image) -> float:
    """Red square millimetres."""
    return mask.histogram()[255] / _LOOK**2


def _body(mask: Image.Image) -> tuple[int, int, int, int]:
    """The box that holds the red without the outermost three hundredths on each side: a stray dot widens nothing."""
    ends = []
    for turned in (mask, mask.transpose(Image.Transpose.TRANSPOSE)):
        # The mean of each column: how much red stands in it.
        counts = list(
            turned.convert("F").resize((turned.width, 1), Image.Resampling.BOX).get_flattened_data()
        )
        total = sum(counts)
        ends.append((_percentile(counts, total, 0.03), _percentile(counts, total, 0.97) + 1))
    (left, right), (top, bottom) = ends
    return left, top, right, bottom


def _fields(mask: Image.Image) -> int:
    """How many of the eight outer fields of three by three hold red."""
    width, height = mask.size
    found = 0
    for row in range(3):
        for column in range(3):
            box = (width * column // 3, height * row // 3, width * (column + 1) // 3, height * (row + 1) // 3)
            found += (row, column) != (1, 1) and _area(mask.crop(box)) >= _FIELD_AREA
    return found


def _percentile(counts: list, total: float, share: float) -> int:
    """The first place up to which `share` of all that is counted lies."""
    seen = 0
    for place, count in enumerate(counts):
        seen += count
        if seen >= total * share:
            return place
    return len(counts) - 1
