"""The papers of an application as far as a person may see them, and what of them is missing."""

import datetime

from django.utils import timezone
from django.utils.formats import date_format

from accounts.selectors import log_rows
from applications.enums import EDITABLE_STATES, ApplicationState, AttachmentKind, PageVerdict, Step
from applications.models import Application, Attachment, FormVersion, ScannedPage
from applications.paper import printed
from applications.selectors import papers_wanted
from assessments.dossier.parts import JPEG, PDF, Chapter, Dossier, Piece, Sheet, Stored
from assessments.enums import STEPS_DONE, AssessmentState
from assessments.models import Assessment
from assessments.progress import history
from assessments.rules import steps
from assessments.scoring import sheets_progress
from assessments.selectors import assessments_for_list, plaque_of, score_table
from assessments.shown import decides_on, objections_shown, scores_shown

SEALED_REMARK = "合并后电子签章失效，可验证的签章原件见压缩包"
#: Once an application has gone so far, an assessment is expected.
_TO_BE_ASSESSED = (ApplicationState.ACCEPTED, ApplicationState.AWARDED, ApplicationState.DECLINED)


def application_dossier(user, application: Application) -> Dossier:
    """The dossier of one application: forms, scans, scores, evidence, decisions."""
    missing, chapters = application_chapters(user, application)
    site = application.site
    return Dossier(
        name=f"卷宗-{application.number}-{site.name}",
        subject=f"{application.cycle.year}年度{application.level.name}示范点申报卷宗",
        facts=[
            ("示范点", site.name),
            ("申报编号", application.number),
            ("类别", site.category.name),
            ("级别", application.level.name),
            ("申报单位", application.area.name),
            ("状态", application.get_state_display()),
        ],
        missing=missing,
        chapters=chapters,
    )


def application_chapters(user, application: Application) -> tuple[list[str], list[Chapter | Piece]]:
    """What is missing of an application's papers, and the papers."""
    versions = list(
        FormVersion.objects.visible_to(user)
        .filter(application=application)
        .filed()
        .prefetch_related("sealings")
        .order_by("number")
    )
    pages = _scanned_pages(user, versions)
    attachments = list(
        Attachment.objects.visible_to(user).filter(application=application, removed_at=None).order_by("id")
    )
    assessment = assessments_for_list(user).filter(application=application).first()
    missing = [
        *_missing_forms(application, versions, pages, attachments),
        *_missing_evidence(application, attachments),
        *_missing_steps(application, assessment),
    ]
    chapters = [
        Chapter("申报表", _forms(versions)),
        Chapter("盖章扫描件", _scans(pages, attachments)),
        *_scores(user, assessment),
        Chapter("佐证材料", _evidence(attachments)),
        _decisions(user, application, assessment),
    ]
    return missing, [chapter for chapter in chapters if not isinstance(chapter, Chapter) or chapter.items]


def day_of(moment: datetime.datetime | datetime.date) -> str:
    """The day of a moment, or a day, as Chinese papers write it."""
    day = timezone.localdate(moment) if isinstance(moment, datetime.datetime) else moment
    return date_format(day, "DATE_FORMAT")


def _scanned_pages(user, versions: list[FormVersion]) -> list[ScannedPage]:
    pages = (
        ScannedPage.objects.visible_to(user).present().filter(version__in=versions, verdict=PageVerdict.FILED)
    )
    return list(pages.select_related("version").order_by("version__number", "page"))


def _forms(versions: list[FormVersion]) -> list[Piece]:
    pieces = []
    for version in versions:
        sealings = list(version.sealings.all())
        filed = f"{day_of(version.filed_at)}报送" + ("；签章前的打印件，仅存压缩包内" if sealings else "")
        paper = Stored(printed(version).pdf, PDF)
        pieces.append(Piece(f"申报表第{version.number}版", paper, filed, bound=not sealings))
        if sealings:
            title = f"申报表第{version.number}版（已签章）"
            pieces.append(Piece(title, Stored(sealings[-1].pdf, PDF), SEALED_REMARK))
    return pieces


def _scans(pages: list[ScannedPage], attachments: list[Attachment]) -> list[Piece]:
    scans = [
        Piece(
            f"第{page.version.number}版第{page.page}页",
            Stored(page.image, JPEG),
            f"未识别红色印章，人工确认：{page.overrule_reason}" if page.overruled_by_id else "",
        )
        for page in pages
        if page.image
    ]
    stamped = [paper for paper in attachments if paper.kind == AttachmentKind.STAMPED]
    return scans + [_attached(paper) for paper in stamped]


def _evidence(attachments: list[Attachment]) -> list[Piece]:
    return [_attached(paper) for paper in attachments if paper.kind != AttachmentKind.STAMPED]


def _attached(paper: Attachment) -> Piece:
    name = paper.name.rsplit(".", 1)[0] or paper.name
    return Piece(f"{paper.get_kind_display()}-{name}", Stored(paper.file, paper.content_type), paper.note)


def _scores(user, assessment: Assessment | None) -> list[Piece]:
    """One paper with the result and every sheet the person may see; none before there is anything to see."""
    if assessment is None:
        return []
    shown = scores_shown(user, assessment)
    if not shown["result"] and not shown["handed_in"]:
        return []
    sheets = [(sheet, score_table(assessment, [sheet])) for sheet in shown["handed_in"]]
    context = {"assessment": assessment, "application": assessment.application, **shown, "each": sheets}
    return [Piece("考核评分", Sheet("assessments/dossier/scores.html", context))]


def _decisions(user, application: Application, assessment: Assessment | None) -> Piece:
    context = {"application": application, "log": log_rows(application), "assessment": assessment}
    if assessment:
        sheets = scores_shown(user, assessment)["sheets"]
        context |= {
            "decides": decides_on(user, assessment),
            "history": history(assessment, log_rows(assessment), sheets),
            "objections": objections_shown(user, assessment),
            "plaque": plaque_of(assessment),
        }
    return Piece("审批记录", Sheet("assessments/dossier/decisions.html", context))


def _missing_forms(application, versions, pages, attachments) -> list[str]:
    if not versions:
        return ["申报表：尚未报送"]
    last = versions[-1]
    scanned = {page.page: page for page in pages if page.version_id == last.pk}
    stamped = any(paper.kind == AttachmentKind.STAMPED for paper in attachments)
    if not (scanned or stamped or last.sealings.all()):
        return [f"申报表第{last.number}版：没有盖章扫描件，也没有电子签章"]
    missing = []
    if scanned:
        absent = [str(number) for number in range(1, last.pages + 1) if number not in scanned]
        missing += [f"申报表第{last.number}版盖章扫描件：缺第{'、'.join(absent)}页"] if absent else []
    missing += [
        f"申报表第{last.number}版第{number}页扫描件：意见栏内未识别到红色印章"
        for number, page in sorted(scanned.items())
        if False in page.seals.values() and not page.overruled_by_id
    ]
    if application.state in EDITABLE_STATES:
        missing.append(f"申报表：第{last.number}版退回后尚未重新报送")
    return missing


def _missing_evidence(application, attachments: list[Attachment]) -> list[str]:
    present = {paper.kind for paper in attachments}
    return [
        f"佐证材料：{paper['label']}"
        for kind, paper in papers_wanted(application).items()
        if kind != AttachmentKind.STAMPED and kind not in present
    ]


def _missing_steps(application, assessment: Assessment | None) -> list[str]:
    if assessment is None:
        return ["考核：尚未开始"] if application.state in _TO_BE_ASSESSED else []
    missing = []
    if assessment.state == AssessmentState.SCORING:
        missing.append("考核评分：已交{}份，共{}份".format(*sheets_progress(assessment)))
    if assessment.state in STEPS_DONE:
        done = (*STEPS_DONE[assessment.state], Step.ACCEPTANCE)
        missing += [f"{Step(step).label}：尚未完成" for step in steps(assessment) if step not in done]
    if assessment.state in STEPS_DONE or assessment.state == AssessmentState.NOTICED:
        missing.append("授牌：尚未授牌")
    return missing
