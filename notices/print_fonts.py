"""The fonts of printed documents: which there are, how they are prepared, what they can draw.

Style sheets name the fonts usual in Chinese offices first and then the families of FACES, cut once from free
fonts of the system into DATA_DIR/fonts. A whole Noto CJK collection in memory makes one form cost half a
gigabyte; cut to what a form needs it is a tenth.
"""

import bisect
import enum
import json
import os
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from notices import font_library
from notices.font_library import FontFile, LibraryMissing

# Raise it when the recipe of the prepared fonts changes: older ones are then made anew.
RECIPE = 2
# The mark Chinese and Japanese printers set where they had no type for a character.
GETA = "〓"
INSTALL_COMMAND = "apt-get install fonts-noto-cjk libpangoft2-1.0-0 libharfbuzz-subset0"


class PrintingUnavailable(Exception):
    """This machine cannot print Chinese: a library or a font is missing. The message says what to install."""


class Part(enum.Enum):
    """Which characters of its source a face holds; every character belongs to exactly one part.

    A form needs few faces, and its cost grows with the size of each: so the 3,755 characters that make up
    nearly all text are apart from those of names, and these from what is hardly ever printed.
    """

    FREQUENT = enum.auto()  # GB2312 level 1 and its signs, Latin
    NAMES = enum.auto()  # GB2312 level 2, rare characters of names
    HAN = enum.auto()  # the other unified ideographs of the basic plane
    HANGUL = enum.auto()
    REST = enum.auto()


@dataclass(frozen=True)
class Face:
    """A prepared font: `family` in style sheets, `file` in the fonts folder, a `part` of one of `sources`.

    A face that is not `required` is left out on machines without its source.
    """

    family: str
    file: str
    sources: tuple[str, ...]
    part: Part = Part.FREQUENT
    bold: bool = False
    required: bool = True


_FANG, _KAI, _SONG, _HEI = ("FandolFang R",), ("FandolKai",), ("Noto Serif CJK SC",), ("Noto Sans CJK SC",)
FACES = (
    Face("Print FangSong", "fangsong.otf", _FANG, required=False),
    Face("Print FangSong Names", "fangsong-names.otf", _FANG, Part.NAMES, required=False),
    Face("Print Kai", "kai.otf", _KAI, required=False),
    Face("Print Kai Names", "kai-names.otf", _KAI, Part.NAMES, required=False),
    Face("Print Song", "song.otf", _SONG),
    Face("Print Song Names", "song-names.otf", _SONG, Part.NAMES),
    Face("Print Song Bold", "song-bold.otf", _SONG, bold=True),
    Face("Print Song Bold Names", "song-bold-names.otf", _SONG, Part.NAMES, bold=True),
    Face("Print Hei", "hei.otf", _HEI),
    Face("Print Hei Names", "hei-names.otf", _HEI, Part.NAMES),
    Face("Print Han", "han.otf", _SONG, Part.HAN),
    Face("Print Hangul", "hangul.otf", _SONG, Part.HANGUL),
    Face("Print Rest", "rest.otf", _SONG, Part.REST),
)

# Characters of personal and place names that GB2312 lacks, from the second and third level of the General
# Standard Chinese Characters (2013). Any other character is found in "Print Han" or "Print Rest".
RARE = (
    "堃喆昇玥旻珺琇祎翀骉犇燚垚焱淼鑫森晶嚞煊煜烨晔曦昕昉昀晞晟晗晧暐暄曈曌朤玎玏玒玓玕玘玙玚玠玡玢玤玥玦玫玭玮玱玲玳"
    "玶玹珂珅珈珉珏珑珒珖珙珣珥珦珧珩珪珫珰珲珵珹珽琀琊琎琏琛琚琟琡琤琦琨琪琬琭琮琯琰琲琳琴琼瑀瑁瑂瑃瑄瑅瑆瑊瑑瑔瑗瑛瑝"
    "瑢瑧瑨瑭瑱瑷璀璁璆璇璈璎璐璒璘璟璠璥璨璩璪璬璱璲璺沄沚沣沨沩泖泠洢洣洨洺浉浐浛浟浡浥涂涪涠淇淏淯渌渑湉湜湲湴溁溆"
    "溍溦滢滪漖漪漷漼潆潏潓潞潵澂澍澔澧澴濂濋濛濬灏灞炅炆炘炜炫炻烜烝烺焓焘焜煐煚熠熹燊爔彧彣彤忞忻怡恺悫惇惪愔愫慜憬"
    "懿岍岿峃峣峤峥崀崃崟崧嵘嵚嵩嶓嶙巍垕垚垟垱垲埇埌埕埗埝埭埼堉堌堎堽塄塬墕墡嬅嬿妍妘妤姮姝娴婌婠婧婳媖媛嫄嫚嫣嬛劼勍"
    "勖勚匡厍叡呙咺哿喦囍圫夼奡奭孖孛孜孞宓宸寔寯尕屾岜庥廙弢弨彀彬徕恕戬扆抟挹揆撄攸敉敔斐斓旸昶晁晏晖晢暕朏朕杪枞枧柃"
    "柘栋栩栻桄桉桢梃梓梣梽棓棪棻椤楙楠楹榀榕槜樾橦檀檑欤歆毓氤氲烎牁牂犍猷甪甯甡畈畲皛皞皦盉睿瞳矞矧砀砚硚硖碶磡磬祃祉"
    "祐祗祚祜祯祺禔禚禛禤禧秾稑穆穰窸竑竝竦筠筱箐篁簃籴粲紘纮纻绂绎绗绤绨绮缃缊缜罡羑羿翊翙翥翯聃聿肸胤脩舢芃芊芮芷苋苒"
    "苓苡茀茆茌茜茵荃荇荻莘莙莛莜菀菁菡萱葳葭蒨蒴蓁蓉蓥蔚蔺蕖蕙蕤薇薏藜蘅蘧虓蚬蛟蜓螭衍衎袆裎襄觐訚誩謇詠诃诌诓诜诩谌谖谞"
    "谡豨贇赟赪赳跂跱轩轫轵轹轺辂辇辚辿迓迤迪迺逄逯逷逾遆遹邈邕邘邙邡邶邺邾郏郓郗郛郜郢郦郯郴鄄鄏鄑鄞鄠鄢鄣鄯鄱酂酆醴釜釿"
    "銮鋆鋐錡鎏鏐鑨钆钊钐钘钜钤钰钲钶铄铉铖铠铧铨铱铼锃锘锜锟锳锴锷镆镔镕镛镝镠镡镥镧镨镭镱闫闳闵闼阊阗阚阳阽陉陔陟陬陲"
    "隗隰隽雎雩霁霂霄霈霏霖霙霨靓靖鞠韡韫韬韵頔顗颀颉颋颎颙颛颢颺飏飒飗饔饴馗馥馨骁骅骎骐骓骕骙骢骥髡魁魉鲂鲲鲸鳌鳯鸢鸾鹍鹓鹔"
    "鹭鹮鹯鹰麒麟麾黎黻鼐龑龢䶮㛃㬎㭎㻏䂮䓛䗴䜣䢺䥽𠮷𡐓𣲗𣸣𤧛𤩽𥔲𦭜𨐈𨙸𨱇𫄧𫍯𫍲𫓹𫖮𫘝𫚕𫛭𫟦𫟼𫠊𬀩𬀪𬂩𬇕𬇙𬊈𬊤𬍛𬍤𬒈𬒗𬘡𬘩𬘫𬘬𬘭"
    "𬙂𬙊𬙋𬜬𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
)
# Typesetting signs beyond GB2312: Latin letters with tone marks, dashes, ticks, squares, units.
SIGNS = (
    "–—―‘’“”•…‰′″※™©®°±×÷·€£¥℃℉№①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ→←↑↓√□■○●◎◇◆△▲▽▼☆★〇〓"
    "〔〕【】《》〈〉「」『』㎡㎏㎜㎝㎞㏎␣"
)


def fonts_folder() -> Path:
    """Return the folder of the prepared fonts; offices put further free fonts into its `source` folder."""
    return Path(settings.DATA_DIR) / "fonts"


def _source_folders() -> tuple[Path, ...]:
    # Debian packs the Fandol fonts with TeX, in a folder Fontconfig does not look into.
    return fonts_folder() / "source", Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol")


# ---- the prepared fonts ----


def _gb2312_row(point: int) -> int:
    """Return the row (区) of a code point in GB/T 2312-1980, 0 for ASCII and -1 for what is not in it."""
    code = chr(point).encode("gb2312", "ignore")
    return code[0] - 0xA0 if len(code) == 2 else len(code) - 1


def part_of(point: int) -> Part:
    """Say in which part of the prepared fonts a code point is."""
    row = _gb2312_row(point)
    # Rows 1 to 55 are signs and the level of frequent characters, 56 to 87 the second level.
    if 0 <= row <= 55 or 0xA0 <= point < 0x180 or chr(point) in SIGNS:
        return Part.FREQUENT
    if row > 55 or chr(point) in RARE:
        return Part.NAMES
    if 0x4E00 <= point <= 0x9FFF:
        return Part.HAN
    hangul = 0x1100 <= point <= 0x11FF or 0x3130 <= point <= 0x318F or 0xA960 <= point <= 0xD7FF
    return Part.HANGUL if hangul else Part.REST


def find_source(face: Face) -> FontFile | None:
    """Find the installed font a prepared face is cut from; None when no source is installed."""
    for family in face.sources:
        if found := font_library.find_font(family, bold=face.bold, folders=_source_folders()):
            return found
    return None


def _recipe(source: FontFile) -> list:
    return [RECIPE, source.path.name, source.index, source.path.stat().st_size]


def _manifest_path() -> Path:
    return fonts_folder() / "manifest.json"


def read_manifest() -> dict:
    """Return the prepared files with their recipes and the covered ranges; empty before preparation."""
    try:
        return json.loads(_manifest_path().read_text())
    except (FileNotFoundError, ValueError):
        return {}


def fonts_prepared() -> bool:
    """Say, without loading a font, whether every required face lies ready and is of the present recipe."""
    files = read_manifest().get("files", {})
    return all(
        not face.required
        or (files.get(face.file, [None])[0] == RECIPE and (fonts_folder() / face.file).exists())
        for face in FACES
    )


def prepare_fonts(*, force: bool = False) -> list[str]:
    """Cut the faces that are not ready, or whose source has changed, into the fonts folder.

    Args:
        force: cut all faces anew.

    Returns: the file names written; empty when nothing was to do.

    Raises: PrintingUnavailable when a library or the source of a required face is missing.
    """
    try:
        sources = {face: find_source(face) for face in FACES}
        _demand_sources(sources)
        return _write_faces({face: source for face, source in sources.items() if source}, force)
    except LibraryMissing as error:
        raise PrintingUnavailable(
            _("The library %(name)s is missing. Install it: %(command)s")
            % {"name": error, "command": INSTALL_COMMAND}
        ) from error


def _demand_sources(sources: dict[Face, FontFile | None]) -> None:
    for face, source in sources.items():
        if face.required and source is None:
            raise PrintingUnavailable(
                _("The font %(name)s is missing, documents would show empty boxes. Install it: %(command)s")
                % {"name": face.sources[0], "command": INSTALL_COMMAND}
            )


def _write_faces(sources: dict[Face, FontFile], force: bool) -> list[str]:
    manifest = read_manifest()
    old, folder = manifest.get("files", {}), fonts_folder()
    recipes = {face.file: _recipe(source) for face, source in sources.items()}
    stale = [
        face
        for face in sources
        if force or old.get(face.file) != recipes[face.file] or not (folder / face.file).exists()
    ]
    if stale or old.keys() != recipes.keys():
        folder.mkdir(parents=True, exist_ok=True)
        for face in stale:
            _replace(folder / face.file, _cut(face, sources[face]))
        covered = frozenset().union(*(font_library.coverage(source) for source in sources.values()))
        _replace(_manifest_path(), json.dumps({"files": recipes, "covered": _ranges(covered)}).encode())
        _coverage.cache_clear()
    return [face.file for face in stale]


def _cut(face: Face, source: FontFile) -> bytes:
    available = font_library.coverage(source)
    return font_library.subset(source, frozenset(point for point in available if part_of(point) is face.part))


def _replace(path: Path, content: bytes) -> None:
    # Written aside and moved: two workers may start at once, and neither may see half a font.
    aside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    aside.write_bytes(content)
    aside.replace(path)


def _ranges(points: frozenset[int]) -> list[list[int]]:
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ranges


# ---- what can be printed ----


@lru_cache(maxsize=2)
def _coverage(folder: Path) -> tuple[list[int], list[int]]:
    """Return the ranges the fonts in `folder` cover as (first code points, last code points), ascending."""
    ranges = read_manifest().get("covered", [])
    return [first for first, _last in ranges], [last for _first, last in ranges]


def _has_glyph(character: str) -> bool:
    firsts, lasts = _coverage(fonts_folder())
    place = bisect.bisect_right(firsts, ord(character)) - 1
    return (place >= 0 and ord(character) <= lasts[place]) or font_library.system_has(character)


@lru_cache(maxsize=4096)
def _printed_as(character: str) -> str:
    if character in "\n\t" or " " <= character <= "~":
        return character
    category = unicodedata.category(character)
    # Control and format characters print nothing; those of direction could make a name read as another.
    # Variation selectors only choose among drawings of one character.
    if category in ("Cc", "Cf", "Cs") or unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return ""
    if category in ("Zs", "Zl", "Zp"):
        return character if character == "\u3000" else " "
    # A private character is another one in every font: no glyph found by chance can be the one meant.
    return character if category != "Co" and _has_glyph(character) else GETA


def printable(text: str) -> str:
    """Return `text` as it will be printed: without control characters, 〓 where no font has a glyph."""
    return "".join(map(_printed_as, text))
