import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.names import in_language
from accounts.scope import units_with_role
from applications.content import content_hash, difference, form_fields, standing_content
from applications.deadlines import filing_deadline
from applications.eligibility import Eligibility, eligibility
from applications.enums import ApplicationState, AttachmentKind, CycleState
from applications.models import Application, Cycle, LevelRule
from applications.rules import ATTACHMENT_FILES
from notices.todo import Todo
from sites.enums import PlaqueState
from sites.models import Plaque, Site


def applications_for_list(user):
    """Applications with what a list row shows, in a fixed number of queries (see `sites_for_list` on joins)."""
    related = ("cycle__programme", "site__category", "level", "area")
    return Application.objects.visible_to(user).prefetch_related(*related)


def present_cycle(user) -> Cycle | None:
    """The open cycle a person works in: the latest begun one where several are open, else the next, else the last.

    A year opened ahead of time does not hide the present one.
    """
    cycles = Cycle.objects.visible_to(user).select_related("programme__owner").order_by("-year")
    is_open = cycles.filter(state=CycleState.OPEN)
    return is_open.filter(year__lte=clock.today().year).first() or is_open.last() or cycles.first()


def level_rules(cycle: Cycle) -> list[LevelRule]:
    """The rules of a cycle, lowest level first, ready for eligibility questions."""
    rules = cycle.level_rules.select_related("cycle__programme", "level__programme", "required_level")
    return list(rules.order_by("level__rank"))


def eligibilities(site: Site, cycle: Cycle, on: datetime.date | None = None) -> list[Eligibility]:
    """For each level of the cycle whether the site may apply, with every reason why not."""
    return [eligibility(site, rule, on) for rule in level_rules(cycle)]


def waiting_for(user) -> list[Todo]:
    """What waits for a person in applications and plaques; a fixed number of queries."""
    todos = []
    areas = units_with_role(user, (Role.UNIT_STAFF,))
    owners = units_with_role(user, (Role.OFFICE,))
    if areas:
        todos += _unfinished_forms(areas)
    if owners:
        todos += _to_check(owners) + _to_confirm(owners)
    return todos


def changes_since_last(application: Application) -> list[tuple[str, str, str]]:
    """What the latest submitted version changed against the one before it: (label, before, after)."""
    versions = list(application.versions.order_by("-number")[:2])
    if len(versions) < 2:
        return []
    return difference(versions[1].content, versions[0].content, field_labels(application))


def field_labels(application: Application) -> dict[str, str]:
    """Labels for the keys of a content dictionary, as the form shows them."""
    labels = {
        "site.name": _("Site name"),
        "site.category": _("Category"),
        "site.area": _("County or park"),
        "site.unit": _("Township or street"),
        "site.address": _("Address"),
        "site.person_in_charge": _("Person in charge"),
        "site.contact": _("Contact"),
        "site.phone": _("Telephone"),
        "plaques": _("Plaques held"),
        "attachments": _("Attachments"),
        "level": _("Level"),
    }
    figures = application.cycle.programme.figures
    labels |= {f"figures.{figure['code']}": in_language(figure, "name") for figure in figures}
    return labels | {
        f"fields.{field['code']}": in_language(field, "label") for field in form_fields(application)
    }


def papers_wanted(application: Application) -> dict[str, dict]:
    """What the cycle's form asks to be added, by kind: label, help (may be empty), and the files it accepts."""
    kinds = {kind.value: {"kind": kind.value, "label": kind.label} for kind in AttachmentKind}
    listed = {entry["kind"]: entry for entry in application.cycle.form.get("attachments", [])} or kinds
    # The form cannot be handed in without its stamped scan, whether the file describes it or not.
    listed.setdefault(AttachmentKind.STAMPED.value, kinds[AttachmentKind.STAMPED])
    return {
        kind: {
            "label": in_language(entry, "label"),
            "help": in_language(entry, "help") if entry.get("help") else "",
            "accept": ",".join(f".{extension}" for extension in ATTACHMENT_FILES[kind]),
        }
        for kind, entry in listed.items()
    }


def paper_status(application: Application, digest: str) -> str:
    """What a printed paper with this hash is: "current", "older" (an earlier submitted version), or "unknown"."""
    if len(digest) < 12:
        return "unknown"
    if content_hash(standing_content(application)).startswith(digest):
        return "current"
    return "older" if application.versions.filter(content_hash__startswith=digest).exists() else "unknown"


def _unfinished_forms(areas) -> list[Todo]:
    unfinished = Application.objects.filter(
        area__in=areas,
        state__in=(ApplicationState.DRAFT, ApplicationState.RETURNED),
        cycle__state=CycleState.OPEN,
    ).select_related("cycle", "site", "level", "area")
    texts = {
        ApplicationState.DRAFT: _("Finish and submit: %(site)s (%(level)s)"),
        ApplicationState.RETURNED: _("Correct and resubmit: %(site)s (%(level)s)"),
    }
    deadlines = {}
    todos = []
    for application in unfinished:
        key = (application.cycle_id, application.area_id)
        if key not in deadlines:
            deadlines[key] = filing_deadline(application.cycle, application.area)
        due = deadlines[key]
        if application.state == ApplicationState.RETURNED and application.correct_by and due:
            due = max(due, application.correct_by)
        todos.append(
            Todo(
                text=texts[application.state] % {"site": application.site.name, "level": application.level},
                url=reverse("applications:edit", args=[application.pk]),
                due=due,
                detail=application.number,
            )
        )
    return todos


def _to_check(owners) -> list[Todo]:
    submitted = Application.objects.filter(
        state=ApplicationState.SUBMITTED, cycle__programme__owner__in=owners
    ).select_related("site", "level", "area")
    return [
        Todo(
            text=_("Check the papers: %(site)s (%(level)s)")
            % {"site": application.site.name, "level": application.level},
            url=reverse("applications:detail", args=[application.pk]),
            detail=f"{application.area} · {application.number}",
        )
        for application in submitted.order_by("submitted_at")
    ]


def _to_confirm(owners) -> list[Todo]:
    claimed = Plaque.objects.filter(
        state=PlaqueState.CLAIMED, level__programme__owner__in=owners
    ).select_related("site__area", "level")
    return [
        Todo(
            text=_("Confirm an earlier plaque: %(site)s (%(level)s)")
            % {"site": plaque.site.name, "level": plaque.level},
            url=reverse("sites:detail", args=[plaque.site_id]),
            detail=f"{plaque.site.area} · {plaque.number}",
        )
        for plaque in claimed
    ]
