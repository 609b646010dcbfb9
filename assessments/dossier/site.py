"""The dossier of a site: its particulars, plaques and activities, and the dossiers of all its applications."""

from accounts.selectors import log_rows
from applications.models import Application
from assessments.dossier.collect import application_chapters, day_of
from assessments.dossier.parts import Chapter, Dossier, Piece, Sheet, Stored
from sites.enums import PlaqueOrigin, PlaqueState
from sites.models import Activity, Plaque, Site
from sites.tables import reasons_of_revoking

#: Content types of award papers by extension; the upload was checked when it came in.
_PAPERS = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


def site_dossier(user, site: Site) -> Dossier:
    """The dossier of one site as far as a person may see it."""
    plaques = list(
        Plaque.objects.visible_to(user)
        .filter(site=site)
        .exclude(state=PlaqueState.REFUSED)
        .select_related("level")
        .order_by("level__rank", "awarded_on", "id")
    )
    papers = [_paper(plaque) for plaque in plaques if plaque.paper]
    missing = [
        f"授牌文件：{plaque.level.name} {plaque.number}"
        for plaque in plaques
        if plaque.origin == PlaqueOrigin.REGISTERED and not plaque.paper
    ]
    chapters: list[Chapter | Piece] = [_particulars(user, site, plaques)]
    chapters += [Chapter("授牌文件", papers)] if papers else []
    for application in _applications(user, site):
        title = f"申报{application.number}（{application.cycle.year}年度{application.level.name}）"
        absent, inside = application_chapters(user, application)
        missing += [f"{application.number} {words}" for words in absent]
        chapters.append(Chapter(title, inside))
    return Dossier(
        name=f"卷宗-{site.name}",
        subject="示范点卷宗",
        facts=[
            ("示范点", site.name),
            ("类别", site.category.name),
            ("县市区（园区）", site.area.name),
            ("负责人", site.person_in_charge),
            ("状态", site.get_state_display()),
            ("登记日期", day_of(site.registered_at)),
        ],
        missing=missing,
        chapters=chapters,
    )


def _applications(user, site: Site):
    return (
        Application.objects.visible_to(user)
        .filter(site=site)
        .select_related(
            "cycle__programme__owner", "site__category", "site__area", "site__unit", "level", "area"
        )
        .order_by("id")
    )


def _paper(plaque: Plaque) -> Piece:
    extension = f".{plaque.paper.name.rsplit('.', 1)[-1].lower()}"
    source = Stored(plaque.paper, _PAPERS.get(extension, ""))
    return Piece(f"{plaque.level.name}-{plaque.number}", source, day_of(plaque.awarded_on))


def _particulars(user, site: Site, plaques: list[Plaque]) -> Piece:
    reasons = reasons_of_revoking(plaques)
    values = {(figure.year, figure.code): figure.value for figure in site.figures.all()}
    years = sorted({year for year, _code in values})
    context = {
        "site": site,
        "years": years,
        "figures": [
            (figure, [values.get((year, figure["code"])) for year in years])
            for figure in site.programme.figures
        ],
        "plaques": [(plaque, reasons.get(plaque.pk, "")) for plaque in plaques],
        "activities": Activity.objects.visible_to(user)
        .confirmed()
        .filter(site=site)
        .order_by("held_on", "id"),
        "log": log_rows(site),
    }
    return Piece("示范点情况", Sheet("assessments/dossier/site.html", context))
