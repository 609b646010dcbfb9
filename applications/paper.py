"""From an application to the printed form: what stands where, in the words of the cycle's programme file."""

import dataclasses
import datetime

from django.conf import settings

from applications.codes import check_address
from applications.content import content_hash, content_of, form_fields, opinion_boxes
from applications.documents import FormDocument, OpinionBox, Section, render_form
from applications.models import Application, FormVersion
from applications.services import keep_print
from applications.word import word_form


def printed(version: FormVersion) -> FormVersion:
    """A version with its PDF, printed and kept on first demand: every later copy has the same bytes.

    Raises notices.printing.PrintingUnavailable when fonts or libraries are missing.
    """
    if version.pdf:
        return version
    paper = render_form(form_document(version))
    places = {
        name.removeprefix("seal-"): dataclasses.asdict(place)
        for name, place in paper.places.items()
        if name.startswith("seal-")
    }
    return keep_print(version=version, pdf=paper.pdf, pages=paper.pages, places=places)


def word_copy(version: FormVersion) -> bytes:
    """A version as a Word file (.docx): same content, same order, to be edited and worked on, not to be handed in."""
    return word_form(form_document(version))


def preview_pdf(application: Application) -> bytes:
    """The form as it stands, marked as a preview: no version, no code, nothing to be stamped."""
    content = content_of(application)
    document = _document(application, content, content_hash(content), 0)
    return render_form(dataclasses.replace(document, check_url="", draft=True)).pdf


def form_document(version: FormVersion) -> FormDocument:
    """A version laid out for printing, with an empty seal place in each opinion box."""
    return _document(version.application, version.content, version.content_hash, version.number)


def _document(application: Application, content: dict, digest: str, number: int) -> FormDocument:
    return FormDocument(
        title=application.cycle.form["title"],
        subtitle=f"{application.cycle.year}年度 · {content['level']} · {content['site']['category']}",
        number=application.number,
        version=number,
        content_hash=digest,
        check_url=check_address(settings.PUBLIC_ADDRESS, application.number, digest),
        facts=_facts(application, content),
        plaques=tuple((level, plaque, _chinese_date(day)) for level, plaque, day in content["plaques"]),
        sections=_sections(application, content["fields"]),
        attachments=tuple(name for _kind, name, _hash in content["attachments"]),
        opinions=tuple(
            OpinionBox(title=box["title"], lines=tuple(box.get("lines", ())), code=box["code"])
            for box in opinion_boxes(application)
        ),
    )


def _chinese_date(iso: str) -> str:
    """2016-05-06 -> 2016年5月6日, unpadded as GB/T 9704-2012 writes dates."""
    day = datetime.date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def _facts(application: Application, content: dict) -> tuple[tuple[str, str], ...]:
    site = content["site"]
    facts = [
        ("示范点名称", site["name"]),
        ("类别", site["category"]),
        ("申报级别", content["level"]),
        ("申报单位", site["area"]),
        ("所在乡镇（街道）", site["unit"] if site["unit"] != site["area"] else "—"),
        ("地址", site["address"]),
        ("负责人", site["person_in_charge"]),
        ("联系人", site["contact"]),
        ("联系电话", site["phone"]),
    ]
    facts += [
        (
            f"{figure['name']}（{figure['unit']}）" if figure.get("unit") else figure["name"],
            content["figures"][figure["code"]],
        )
        for figure in application.cycle.programme.figures
        if content["figures"].get(figure["code"])
    ]
    return tuple(facts)


def _sections(application: Application, texts: dict) -> tuple[Section, ...]:
    """One chapter per section; a section of several fields names each before its text."""
    labels = {field["code"]: field["label"] for field in form_fields(application)}
    sections = []
    for section in application.cycle.form.get("sections", []):
        paragraphs: list[str] = []
        for field in section["fields"]:
            text = str(texts.get(field["code"], ""))
            lines = [line for line in text.splitlines() if line.strip()]
            if len(section["fields"]) > 1:
                first, *rest = lines or [""]
                lines = [f"{labels[field['code']]}：{first}", *rest]
            paragraphs += lines
        sections.append(Section(title=section["title"], paragraphs=tuple(paragraphs)))
    return tuple(sections)
