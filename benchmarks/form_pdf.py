"""What an application form costs: WeasyPrint, as the product uses it, against Typst in the same run.

Both set the same words with the same prepared fonts, tables, QR code and seal places on A4. Each is measured
in a process of its own, so that neither warms, or fattens, the other.

    python -m benchmarks.form_pdf
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

#: Forms printed one after the other in one worker.
BATCH = 50
PROCESSES = 3
TEXT = (
    "本社区位于城区东部，辖区面积二点三平方公里，常住人口一万二千余人，聚居着各民主党派成员、无党派人士、非公有制经济人士、"
    "归侨侨眷和新的社会阶层人士五百零七名。社区党委坚持把统一战线工作纳入社区治理整体布局，建成书屋、法律咨询室、志愿服务站等阵地"
    "七处，组建志愿队伍九支，每月开展活动不少于两次，台账齐全，经费有保障，得到居民普遍好评。"
)
FACTS = (
    ("示范点名称", "东坪社区同心之家"),
    ("类别", "同心社区"),
    ("申报级别", "市级"),
    ("申报单位", "岳塘区委统战部"),
    ("详细地址", "湘潭市岳塘区宝塔街道东坪社区芙蓉大道与书院路交汇处社区综合服务大楼三楼"),
    ("负责人", "统战部副部长"),
    ("联系人", "办公室主任"),
)
SECTIONS = (("创建情况", (TEXT,) * 4), ("特色与成效", (TEXT, TEXT)), ("下一步工作计划", (TEXT,)))
OPINION = ("县级意见", "经研究，同意推荐申报市级示范点。")
TITLE, SUBTITLE, NUMBER = "“四同创建”示范点申报表", "2017年度 · 市级 · 同心社区", "430300-2017-0001"
HASH, ADDRESS = "a1b2c3d4e5f60718" * 4, "HTTPS://SITES.EXAMPLE.CN/P/430300-2017-0001/A1B2C3D4E5F60718"


class Row(NamedTuple):
    """One line of the report, in seconds, or megabytes where the name says so; the floor is the peer's."""

    name: str
    figure: float
    floor_name: str
    floor: float


def _paragraphs(turn: int) -> list[tuple[str, tuple[str, ...]]]:
    """Return the sections, different in every turn: no two forms are alike, so no cache may help."""
    return [
        (title, tuple(f"第{turn}次第{place}段，{text}" for place, text in enumerate(texts)))
        for title, texts in SECTIONS
    ]


def _setup_django() -> None:
    """Set up only what printing needs, so that memory is printing's and not that of the whole product."""
    import django
    from django.conf import settings

    if settings.configured:
        return
    base = Path(__file__).resolve().parent.parent
    settings.configure(
        BASE_DIR=base,
        DATA_DIR=Path(os.environ.get("DATA_DIR", base / "var")),
        USE_I18N=False,
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [base / "templates"]}
        ],
    )
    django.setup()


def _weasyprint() -> Callable[[int], bytes]:
    """Return the product's own way from content to PDF."""
    from applications.documents import FormDocument, OpinionBox, Section, render_form

    def render(turn: int) -> bytes:
        document = FormDocument(
            title=TITLE,
            subtitle=SUBTITLE,
            number=NUMBER,
            version=1,
            content_hash=HASH,
            check_url=ADDRESS,
            facts=FACTS,
            plaques=(),
            sections=tuple(Section(*section) for section in _paragraphs(turn)),
            attachments=("示范点照片", "活动台账"),
            opinions=(OpinionBox(OPINION[0], (OPINION[1],)),),
        )
        return render_form(document).pdf

    return render


def _typst_cells(rows) -> str:
    return ",".join(f"[{label}],[{value}]" for label, value in rows)


def _typst_source(turn: int) -> str:
    """Return the same form in Typst's language."""
    sections = "".join(
        f"#part[{title}]\n#text-box[" + "\n\n".join(texts) + "]\n" for title, texts in _paragraphs(turn)
    )
    return f"""
#set document(title: "{TITLE}", date: none)
#set text(font: "Noto Serif CJK SC", size: 14pt, lang: "zh")
#set par(leading: 8pt, first-line-indent: (amount: 2em, all: true))
#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm), footer: [
  #set text(font: "Noto Sans CJK SC", size: 8pt)
  #box(image("qr.svg", width: 17mm))
  #box[编号：{NUMBER}\\ 第1版　校验码：{HASH[:16]}\\ 扫码可核验本表内容] #h(1fr)
  #text(14pt)[— #context counter(page).display() —]])
#let part(body) = block(width: 100%, stroke: 0.75pt, inset: 6pt, below: 0pt, sticky: true,
  text(font: "Noto Sans CJK SC", body))
#let text-box(body) = block(width: 100%, stroke: 0.75pt, inset: 10pt, above: 0pt, below: 0pt, body)
#align(center, text(size: 22pt, weight: "bold")[{TITLE}])
#align(center, text(size: 16pt)[{SUBTITLE}])
申报编号：{NUMBER}
#part[基本情况]
#table(columns: (27mm, 1fr, 27mm, 1fr), {_typst_cells(FACTS[:4])},
  [{FACTS[4][0]}], table.cell(colspan: 3)[{FACTS[4][1]}], {_typst_cells(FACTS[5:])})
{sections}
#part[附件目录]
#text-box[1. 示范点照片\\ 2. 活动台账]
#block(breakable: false, table(columns: (27mm, 1fr), rows: 54mm, [{OPINION[0]}],
  [{OPINION[1]} #place(bottom + right, circle(radius: 21mm,
    stroke: (paint: gray, thickness: 0.2mm, dash: "dashed"))[（盖章处）年 月 日]) 签字：]))
"""


def _typst(*, keep_fonts: bool) -> Callable[[int], bytes]:
    """Return the peer: Typst called plainly, or with its fonts held loaded, its own best case."""
    import segno
    import typst

    from notices.print_fonts import FACES, Part, fonts_folder

    folder = Path(tempfile.mkdtemp())
    segno.make(ADDRESS, error="m").save(str(folder / "qr.svg"), border=0)
    for face in FACES:
        if face.required and face.part is Part.FREQUENT:
            (folder / face.file).symlink_to(fonts_folder() / face.file)
    fonts = {"font_paths": [folder], "ignore_system_fonts": True}
    if keep_fonts:
        loaded = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        fonts = {"font_paths": loaded}
    return lambda turn: typst.compile(_typst_source(turn).encode(), root=folder, **fonts)


ENGINES = {
    "weasyprint": _weasyprint,
    "typst": partial(_typst, keep_fonts=False),
    "typst-fonts-kept": partial(_typst, keep_fonts=True),
}


def _measure(engine: str) -> dict[str, float]:
    """Measure one engine in this process: seconds of the first form, of a later one and per form of all; peak in MB."""
    start = time.perf_counter()
    _setup_django()
    render = ENGINES[engine]()
    if engine == "weasyprint":
        from applications.documents import STYLESHEET
        from notices.printing import warm_up

        warm_up(STYLESHEET)
    render(0)
    first, times = time.perf_counter() - start, []
    for turn in range(1, BATCH):
        start = time.perf_counter()
        render(turn)
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    per_form = (first + sum(times)) / BATCH
    return {"first": first, "following": statistics.median(times), "per form": per_form, "peak": peak}


def _in_process(engine: str) -> dict[str, float]:
    from django.conf import settings

    command = [sys.executable, "-m", "benchmarks.form_pdf", engine]
    environment = {**os.environ, "DATA_DIR": str(settings.DATA_DIR)}
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(result.stdout)


def run() -> list[Row]:
    """Measure all engines in turn, each several times in fresh processes, and return the medians."""
    _setup_django()
    from notices.print_fonts import prepare_fonts

    prepare_fonts()
    measured: dict[str, list[dict]] = {engine: [] for engine in ENGINES}
    for _repetition in range(PROCESSES):
        for engine, results in measured.items():
            results.append(_in_process(engine))

    def median(engine: str, key: str) -> float:
        return statistics.median(result[key] for result in measured[engine])

    def row(name: str, key: str, peer: str = "typst") -> Row:
        return Row(name, median("weasyprint", key), peer, median(peer, key))

    return [
        row("form PDF, process start to first form", "first"),
        row("form PDF, following form", "following"),
        row("form PDF, following form", "following", "typst-fonts-kept"),
        row(f"form PDF, batch of {BATCH} in one worker, per form", "per form"),
        row("form PDF, peak memory (MB)", "peak"),
    ]


def _print(rows: list[Row]) -> None:
    print(f"{'':40}{'figure':>10}{'floor':>10}{'ratio':>8}  floor is")
    for row in rows:
        ratio = row.figure / row.floor
        print(f"{row.name:40}{row.figure:10.3f}{row.floor:10.3f}{ratio:8.1f}  {row.floor_name}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_measure(sys.argv[1])))
    else:
        _print(run())
