"""From an application to the printed form: what stands where, in the words of the cycle's programme file."""

import datetime

from django.conf import settings
from django.urls import reverse

from applications.content import content_hash, form_fields, standing_content
from applications.documents import FormDocument, OpinionBox, Section, render_form
from applications.enums import EDITABLE_STATES
from applications.models import Application


def application_pdf(application: Application) -> bytes:
    """The application's form as a PDF, with an empty seal place in each opinion box.

    Raises notices.printing.PrintingUnavailable when fonts or libraries are missing.
    """
    return render_form(form_document(application))


def form_document(application: Application) -> FormDocument:
    """An application laid out for printing: while it may be changed its present content, later the version filed."""
    content = standing_content(application)
    digest = content_hash(content)
    return FormDocument(
        title=application.cycle.form["title"],
        subtitle=f"{application.cycle.year}年度 · {content['level']} · {content['site']['category']}",
        number=application.number,
        version=application.versions.count() + (application.state in EDITABLE_STATES),
        content_hash=digest,
        check_url=settings.PUBLIC_ADDRESS
        + reverse("applications:check", args=[application.number, digest[:16]]),
        facts=_facts(application, content),
        plaques=tuple((level, plaque, _chinese_date(day)) for level, plaque, day in content["plaques"]),
        sections=_sections(application, content["fields"]),
        attachments=tuple(name for _kind, name, _hash in content["attachments"]),
        opinions=tuple(
            OpinionBox(title=box["title"], lines=tuple(box.get("lines", ())))
            for box in application.cycle.form.get("opinions", {}).get(application.level.code, [])
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
