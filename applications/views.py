from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import ReasonForm
from accounts.lists import respond
from accounts.names import in_language
from accounts.selectors import log_rows
from accounts.uploads import chosen_file
from accounts.web import get_visible, tell
from applications import services
from applications.content import content_hash, content_of
from applications.deadlines import last_day_for
from applications.eligibility_views import day_asked
from applications.enums import EDITABLE_STATES, ApplicationAction, ApplicationState, AttachmentKind
from applications.filters import ApplicationFilter
from applications.forms import ApplicationForm, HandleForm
from applications.models import Application, Attachment, LevelRule
from applications.paper_state import paper_state, stray_pages
from applications.progress import decision, what_next
from applications.resources import ApplicationResource
from applications.rules import (
    may_edit,
    may_file,
    may_file_batches,
    may_handle,
    may_take,
    why_not_submit,
    why_too_late,
)
from applications.sealing.rules import is_sealed
from applications.sealing.waiting import box_to_seal, sealings_of
from applications.selectors import (
    another_look,
    applications_for_list,
    changes_since_last,
    eligibilities,
    papers_wanted,
    present_cycle,
    versions_shown,
)
from sites.enums import Awarder, SiteAction
from sites.figures import figure_label
from sites.forms import ActivityForm
from sites.life_rules import is_county, why_not_add
from sites.life_selectors import overview
from sites.models import Level, Site
from sites.plaque_page import plaque_sheets, site_log
from sites.rules import may_edit_site, why_not_active, why_not_site_action
from sites.selectors import programmes_read_by

ORDERINGS = {
    "number": ("number",),
    "site": ("site__initials",),
    "area": ("area_id",),
    "level": ("level__rank",),
    "state": ("state",),
    "submitted": ("submitted_at",),
}


def site_detail(request, pk: int):
    """The page of a site: particulars, plaques, what it may apply for and why not, its applications."""
    site = get_visible(
        Site.objects.select_related("category", "area", "unit", "programme__owner", "merged_into"),
        request.user,
        pk=pk,
    )
    cycle, on = present_cycle(request.user), day_asked(request)
    context = {
        "site": site,
        "figures": _figures_of(site),
        "plaques": plaque_sheets(request.user, site),
        "cycle": cycle,
        "on": on,
        "sees_table": cycle is not None and cycle.programme in programmes_read_by(request.user),
        "eligibilities": eligibilities(site, cycle, on) if cycle else [],
        "applications": applications_for_list(request.user).filter(site=site),
        "may_edit": may_edit_site(request.user, site),
        "may_change": why_not_site_action(request.user, site, SiteAction.RENAME, "-") is None
        and why_not_active(site) is None,
        "may_file": may_file(request.user, site.area),
        "may_award": _own_levels_open(site),
        **_life_of(request.user, site),
        "log": site_log(site),
        "reason_form": ReasonForm(),
    }
    return render(request, "applications/site.html", context)


def _life_of(user, site) -> dict:
    """The ledgers at a glance, the latest activities, and the form for those who may add one."""
    may_add = why_not_add(user, site) is None
    life = overview(site)
    return {
        "life": life,
        "activities": site.activities.confirmed()[:5],
        "activity_count": life.count_of("activities"),
        "activity_form": ActivityForm(initial={"held_on": clock.today()}) if may_add else None,
        "proposes": not is_county(user, site),
    }


def _own_levels_open(site) -> bool:
    """Whether the county has a plaque of its own to give that the site does not hold yet."""
    own = Level.objects.filter(programme=site.programme, awarded_by=Awarder.AREA)
    held = site.plaques.held().values("level")
    return own.exclude(pk__in=held).exists()


def _figures_of(site) -> list[tuple]:
    """Years and values by the labels of the programme's figures, for the site's page."""
    values = {(figure.year, figure.code): figure.value for figure in site.figures.all()}
    years = sorted({year for year, _code in values}, reverse=True)[:3]
    rows = [
        (figure_label(figure), [values.get((year, figure["code"])) for year in years])
        for figure in site.programme.figures
    ]
    return [years, rows] if years else []


def application_list(request):
    return respond(
        request,
        applications_for_list(request.user),
        template="applications/list.html",
        filterset=ApplicationFilter,
        orderings=ORDERINGS,
        resource=ApplicationResource,
        title=_("Applications"),
        action="application.export",
        context=lambda _page: {
            "may_file": may_file(request.user),
            "may_batch": may_file_batches(request.user),
        },
    )


@require_POST
def start(request, site_pk: int, level_pk: int):
    site = get_visible(Site, request.user, pk=site_pk)
    cycle = present_cycle(request.user)
    rule = get_object_or_404(
        LevelRule.objects.select_related("cycle__programme__owner"), cycle=cycle, level=level_pk
    )
    application = None
    with tell(request, success=None, action="application.start", obj=site):
        application = services.start_application(actor=request.user, site=site, rule=rule)
    return redirect("applications:edit", application.pk) if application else redirect("sites:detail", site_pk)


def detail(request, pk: int):
    """An application as everybody concerned sees it: state, form, papers, decisions, history."""
    application = _application(request, pk)
    user = request.user
    form = ApplicationForm(application=application)
    versions = versions_shown(user, application)
    latest = next((version for version in reversed(versions) if version.filed_at), None)
    last_day, log = last_day_for(application), log_rows(application)
    attachments = list(application.attachments.present())
    context = {
        "application": application,
        "next": what_next(application, last_day),
        "decision": decision(application, log),
        "late": why_too_late(application) if application.state in EDITABLE_STATES else None,
        "sections": form.by_section(),
        "attachments": attachments,
        "stamped": _stamped(attachments),
        "paper": paper_state(application),
        "may_edit": may_edit(user, application),
        "follows": Application.objects.followed_by(user).filter(pk=pk).exists(),
        "may_see_site": Site.objects.visible_to(user).filter(pk=application.site_id).exists(),
        "may_assess": may_handle(user, application.cycle),
        "may_handle": may_take(user, application, ApplicationAction.ACCEPT),
        "may_withdraw": may_take(user, application, ApplicationAction.WITHDRAW),
        "changes": changes_since_last(application),
        "latest": latest,
        "versions": versions,
        "sealings": sealings_of(application),
        "seal_box": box_to_seal(user, application),
        "another_look": another_look(application, log),
        "last_day": last_day,
        "log": log,
        "handle_form": HandleForm(),
        "reason_form": ReasonForm(),
        "correction_days": application.cycle.correction_working_days,
    }
    return render(request, "applications/detail.html", context)


def _stamped(attachments: list[Attachment]) -> Attachment | None:
    """The stamped scan among the papers of a form."""
    return next((paper for paper in attachments if paper.kind == AttachmentKind.STAMPED), None)


def edit(request, pk: int):
    """Fill the form. Without JavaScript one button saves; with it each pause in typing does."""
    application = _application(request, pk)
    if not may_edit(request.user, application):
        return redirect("applications:detail", pk)
    form = ApplicationForm(request.POST or None, application=application)
    if request.method == "POST" and _save(request, application, form):
        target = "applications:submit" if "go_on" in request.POST else "applications:edit"
        return redirect(target, pk)
    wanted = papers_wanted(application)
    context = {
        "application": application,
        "form": form,
        **_form_words(application),
        "sections": form.by_section(),
        "attachments": application.attachments.present(),
        "may_attach": True,
        "papers": {kind: paper for kind, paper in wanted.items() if kind != AttachmentKind.STAMPED},
        "last_day": last_day_for(application),
        "late": why_too_late(application),
        "returned_reason": _return_reason(application),
    }
    return render(request, "applications/edit.html", context)


def _form_words(application) -> dict[str, str]:
    """Title of the cycle's form, and what must not be written into it."""
    form = application.cycle.form
    return {
        "form_title": in_language(form, "title"),
        "form_help": in_language(form, "help") if form.get("help") else "",
    }


def _save(request, application, form) -> bool:
    """Keep what is in order even when another field is not; true when all of it was."""
    complete = form.is_valid()
    if "revision" not in form.cleaned_data:
        return False
    with tell(
        request, success=_("Saved.") if complete else None, action="application.save", obj=application
    ) as outcome:
        services.save_form(
            actor=request.user,
            application=application,
            revision=form.cleaned_data["revision"],
            data=form.data_given(),
        )
    return outcome.done and complete


def _return_reason(application) -> str:
    row = application.log.filter(action=ApplicationAction.RETURN).order_by("-id").first()
    return row.reason if row and application.state == ApplicationState.RETURNED else ""


@require_POST
def autosave(request, pk: int):
    """Answers with one line of words; a saved form gets its new revision with it."""
    application = _application(request, pk)
    form = ApplicationForm(request.POST, application=application)
    complete = form.is_valid()
    try:
        saved = services.save_form(
            actor=request.user,
            application=application,
            revision=form.cleaned_data.get("revision", 0),
            data=form.data_given(),
        )
    except DomainError as error:
        return render(request, "applications/autosave.html", {"error": error})
    response = render(
        request, "applications/autosave.html", {"saved_at": clock.now(), "form": form, "complete": complete}
    )
    return trigger_client_event(response, "saved", {"revision": saved.revision})


@require_POST
def attach(request, pk: int):
    application = _application(request, pk)
    kind = request.POST.get("kind")
    if kind not in AttachmentKind.values:
        raise Http404
    with tell(request, success=_("The file was added."), action="attachment.add", obj=application):
        upload = chosen_file(request, "file")
        if upload is None:
            raise DomainError(_("Choose a file first."))
        given = {"actor": request.user, "application": application, "upload": upload}
        if kind == AttachmentKind.STAMPED:
            services.confirm_by_hand(**given, note=request.POST.get("note", "")[:1000])
        else:
            services.add_attachment(**given, kind=kind)
    return redirect("applications:submit" if kind == AttachmentKind.STAMPED else "applications:edit", pk)


def attachment(request, pk: int):
    """A file of an application; pictures and PDFs open in the browser, the rest is downloaded."""
    obj = get_visible(Attachment, request.user, pk=pk)
    inline = obj.content_type.startswith("image/") or obj.content_type == "application/pdf"
    response = FileResponse(
        obj.file.open(), as_attachment=not inline, filename=obj.name, content_type=obj.content_type
    )
    # What people upload never runs as part of this site.
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    )
    return response


@require_POST
def attachment_remove(request, pk: int):
    obj = get_visible(Attachment, request.user, pk=pk)
    with tell(request, success=_("The file was removed."), action="attachment.remove", obj=obj.application):
        services.remove_attachment(actor=request.user, attachment=obj)
    return redirect("applications:edit", obj.application_id)


def submit(request, pk: int):
    """The last page before handing in: what is still missing, the stamped scan, and the button."""
    application = _application(request, pk)
    if not may_edit(request.user, application):
        return redirect("applications:detail", pk)
    if request.method == "POST":
        with tell(
            request,
            success=_("Submitted. The leadership office has been told."),
            action="application.submit",
            obj=application,
        ) as outcome:
            services.submit(actor=request.user, application=application)
        return redirect("applications:detail" if outcome.done else "applications:submit", pk)
    digest = content_hash(content_of(application))
    paper, sealed = paper_state(application), is_sealed(application)
    context = {
        "application": application,
        "sealed": sealed,
        "version": application.versions.filter(content_hash=digest).last(),
        "reasons": why_not_submit(application),
        "wanted": papers_wanted(application)[AttachmentKind.STAMPED],
        "paper": paper,
        "on_paper": paper.complete or paper.by_hand or sealed,
        "stray": stray_pages(application),
        "may_overrule": True,
        "last_day": last_day_for(application),
        "late": why_too_late(application),
        "digest": digest,
    }
    return render(request, "applications/submit.html", context)


@require_POST
def withdraw(request, pk: int):
    application = _application(request, pk)
    with tell(request, success=_("Withdrawn."), action="application.withdraw", obj=application):
        services.withdraw(actor=request.user, application=application, reason=request.POST.get("reason", ""))
    return redirect("applications:detail", pk)


@require_POST
def handle(request, pk: int):
    """The leadership office accepts, returns or refuses the papers."""
    application = _application(request, pk)
    if not may_handle(request.user, application.cycle):
        raise Http404
    steps = {
        ApplicationAction.ACCEPT: (services.accept, _("Accepted. Next: the assessment.")),
        ApplicationAction.RETURN: (services.return_for_correction, _("Returned for correction.")),
        ApplicationAction.REFUSE: (services.refuse, _("Refused.")),
    }
    action = request.POST.get("action")
    if action not in steps:
        raise Http404
    service, success = steps[action]
    with tell(request, success=success, action=f"application.{action}", obj=application):
        service(actor=request.user, application=application, reason=request.POST.get("reason", "")[:1000])
    return redirect("applications:detail", pk)


def _application(request, pk: int) -> Application:
    related = (
        "cycle__programme__owner",
        "site__category",
        "site__area",
        "site__unit",
        "level",
        "area",
        "created_by",
    )
    return get_visible(Application.objects.select_related(*related), request.user, pk=pk)
