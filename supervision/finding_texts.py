"""What is written of a finding on paper, in Chinese whatever the language of whoever acts."""

import datetime

from django.utils import timezone

from accounts import clock
from supervision.enums import FindingKind
from supervision.finding_days import working_days_after
from supervision.finding_rules import supervision_article
from supervision.models import Finding

_KINDS = {FindingKind.DEFECT: "问题", FindingKind.DIFFICULTY: "困难"}


def chinese_day(day: datetime.date) -> str:
    """Unpadded, as GB/T 9704-2012 writes dates."""
    return f"{day.year}年{day.month}月{day.day}日"


def letter_content(finding: Finding, rule: dict, answer_by: datetime.date) -> dict:
    """Everything a reminder letter says; `rule` is the cycle's `supervision.findings.letter`."""
    today = clock.today()
    place = finding.site.name if finding.site else finding.unit.name
    return {
        "issuer": rule["issuer"],
        "addressee": rule["addressee"].format(unit=finding.owner.name, area=finding.area.name),
        "finding": finding.number,
        "place": place,
        "group": finding.group.name,
        "recorded_on": chinese_day(timezone.localdate(finding.recorded_at)),
        "kind": _KINDS[finding.kind],
        "severity": finding.severity_name,
        "text": _paragraphs(finding.text),
        "remedy": _paragraphs(finding.remedy),
        "due_on": chinese_day(finding.due_on),
        "overdue": working_days_after(finding.due_on, today),
        "article": supervision_article(finding.cycle).replace(" ", ""),
        "answer_by": chinese_day(answer_by),
        "report_to": finding.cycle.contact.get("office", rule["issuer"]),
        "issued_on": chinese_day(today),
    }


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
