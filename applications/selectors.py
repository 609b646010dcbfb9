"""Applications, their papers and batches of scans as lists and pages read them, and what waits for whom."""

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.names import in_language
from accounts.scope import units_with_role
from accounts.words import lazy_list
from applications.content import compared, content_hash, content_of, opinion_boxes, standing_content
from applications.deadlines import last_days
from applications.eligibility import Eligibility, answer, gather
from applications.enums import (
    EDITABLE_STATES,
    OWN_ACTS,
    ApplicationState,
    AttachmentKind,
    CycleState,
    PageVerdict,
)
from applications.models import Application, Cycle, FormVersion, LevelRule, ScannedPage
from applications.paper_state import missing_words, remedy
from applications.rules import ATTACHMENT_FILES
from applications.sealing.waiting import forms_waiting
from notices.models import Job
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
    facts = gather([site], cycle)
    return [answer(site, level_id, on or clock.today(), facts) for level_id in facts.this.rules]


def waiting_for(user) -> list[Todo]:
    """What waits for a person in applications and plaques; a fixed number of queries."""
    todos = []
    areas = units_with_role(user, (Role.UNIT_STAFF,))
    owners = units_with_role(user, (Role.OFFICE,))
    if areas:
        todos += _unfinished_forms(areas)
    if owners:
        todos += _to_check(owners) + _to_confirm(owners)
    return todos + _to_seal(user)


def changes_since_last(application: Application) -> list[tuple[str, str, str]]:
    """What the latest submitted version changed against the one before it: (label, before, after)."""
    versions = list(application.versions.filed().order_by("-number")[:2])
    if len(versions) < 2:
        return []
    return compared(application, versions[1].content, versions[0].content)


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


@dataclass(frozen=True)
class PaperStatus:
    """What a printed paper is: "current", "older" (of an earlier version) or "unknown"; the version it was printed
    from, and what has changed since: (label, on the paper, now)."""

    word: str
    version: FormVersion | None
    changes: list[tuple[str, str, str]]


def paper_status(application: Application, digest: str) -> PaperStatus:
    """What the paper with this (beginning of a) content hash is, held against what the application stands for."""
    if len(digest) < 12:
        return PaperStatus("unknown", None, [])
    version = application.versions.filter(content_hash__startswith=digest).last()
    standing = standing_content(application)
    if content_hash(standing).startswith(digest):
        return PaperStatus("current", version, [])
    if version is None:
        return PaperStatus("unknown", None, [])
    return PaperStatus("older", version, compared(application, version.content, standing))


def versions_shown(user, application: Application) -> list[FormVersion]:
    """The versions a person may see, oldest first: the county's staff also those only printed."""
    return list(FormVersion.objects.visible_to(user).filter(application=application).order_by("number"))


@dataclass(frozen=True)
class AnotherLook:
    """What was changed since the form was handed in: the decisions that rest on it as it was, and the changes:
    (label, as handed in, now)."""

    decisions: list
    changes: list[tuple[str, str, str]]


def another_look(application: Application, log: list) -> AnotherLook | None:
    """Whether something was changed after the form was handed in, e.g. in the site's record; None when nothing was.

    `log` are changes of state of the application or of its assessment, oldest first; each row keeps the hash of what
    was decided on. What was decided before the last submission was answered by it. Stale rows get `needs_look`.
    """
    filed = application.versions.filed().last()
    if filed is None or application.state in EDITABLE_STATES:
        return None
    present = content_of(application)
    digest = content_hash(present)
    if filed.content_hash == digest:
        return None
    stale = [row for row in _since_submission(log) if row.content_hash != digest]
    for row in stale:
        row.needs_look = True
    return AnotherLook(stale, compared(application, filed.content, present))


def _since_submission(log: list) -> list:
    own = [place for place, row in enumerate(log, start=1) if row.action in OWN_ACTS]
    return log[own[-1] :] if own else log


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
    last_day, todos = last_days(), []
    for application in unfinished:
        todos.append(
            Todo(
                text=texts[application.state] % {"site": application.site.name, "level": application.level},
                url=reverse("applications:edit", args=[application.pk]),
                due=last_day(application),
                detail=application.number,
            )
        )
    return todos


def _to_check(owners) -> list[Todo]:
    submitted = Application.objects.filter(
        state=ApplicationState.SUBMITTED, cycle__programme__owner__in=owners
    )
    submitted = submitted.select_related("site", "level", "area").defer("data")
    return [
        Todo(
            text=_("Check the papers: %(site)s (%(level)s)")
            % {"site": application.site.name, "level": application.level},
            url=reverse("applications:detail", args=[application.pk]),
            detail=f"{application.area} · {application.number}",
        )
        for application in submitted.order_by("submitted_at")
    ]


def _to_seal(user) -> list[Todo]:
    """Boxes that wait for a seal: of a form not handed in yet by its last day for filing, later without a day."""
    last_day = last_days()
    return [
        Todo(
            text=_("Seal the form: %(site)s (%(level)s)")
            % {"site": box.version.application.site.name, "level": box.version.application.level},
            url=reverse("applications:seal_form", args=[box.version.pk, box.code]),
            due=None if box.version.filed_at else last_day(box.version.application),
            detail=f"{box.title} · {box.version.application.number}",
        )
        for box in forms_waiting(user)
    ]


def _to_confirm(owners) -> list[Todo]:
    claimed = (
        Plaque.objects.filter(state=PlaqueState.CLAIMED, level__programme__owner__in=owners)
        .exclude(paper="")
        .select_related("site__area", "level")
    )
    return [
        Todo(
            text=_("Confirm an earlier plaque: %(site)s (%(level)s)")
            % {"site": plaque.site.name, "level": plaque.level},
            url=reverse("sites:detail", args=[plaque.site_id]),
            detail=f"{plaque.site.area} · {plaque.number}",
        )
        for plaque in claimed
    ]


def scan_batches(user) -> list[Job]:
    """A person's last piles of scans, newest first."""
    jobs = Job.objects.visible_to(user).filter(url__startswith=reverse("applications:scan_batches"))
    return list(jobs.order_by("-id")[:20])


def batch_rows(user, job: Job) -> list[ScannedPage]:
    """The pages of a pile, those to look at first, each with what a result row shows; a fixed number of queries.

    `look`: not filed, or without the seal it should have. `changed`: what was changed since an older version.
    `boxes`: (title, seen, expected) of each opinion box on the page. `open`: whether the person may open the
    application: the paper of a draft may be here before the draft.
    """
    related = ("upload", "application__site", "application__level", "application__cycle", "version")
    pages = ScannedPage.objects.filter(upload__job=job).select_related(*related)
    rows = list(pages.order_by("upload_id", "position"))
    known = {row.application_id for row in rows if row.application_id}
    seen = set(Application.objects.visible_to(user).filter(pk__in=known).values_list("pk", flat=True))
    complete = {state["application"] for state in job.result.get("papers", []) if state["complete"]}
    for row in rows:
        row.open = row.application_id in seen
        row.boxes = _boxes(row)
        row.remedy = "" if row.application_id in complete else remedy(row)
        forgotten = any(expected and not found for _title, found, expected in row.boxes)
        row.look = row.verdict != PageVerdict.FILED or (forgotten and row.replaced_at is None)
        row.changed = lazy_list(job.result.get("changed", {}).get(str(row.version_id), []))
    return sorted(rows, key=lambda row: not row.look)


def batch_papers(user, job: Job) -> list[tuple[Application, dict, bool]]:
    """How complete the papers concerned were after a pile: (application, state as kept, whether it may be opened)."""
    states = {state["application"]: _in_words(state) for state in job.result.get("papers", [])}
    papers = Application.objects.filter(pk__in=states).select_related("site", "level", "area")
    seen = set(Application.objects.visible_to(user).filter(pk__in=states).values_list("pk", flat=True))
    return [(paper, states[paper.pk], paper.pk in seen) for paper in papers.order_by("number")]


def _in_words(state: dict) -> dict:
    """A paper's state as a job keeps it, with which pages are missing and what was changed as words."""
    some = state["missing"] and len(state["missing"]) < state["pages"]
    words = missing_words(state["missing"]) if some else ""
    return state | {"missing_words": words, "changes": lazy_list(state["changed"])}


def _boxes(row: ScannedPage) -> list[tuple[str, bool | None, bool]]:
    if not row.application_id or not row.seals:
        return []
    return [
        (in_language(box, "title"), row.seals[box["code"]], box.get("unit") == "area")
        for box in opinion_boxes(row.application)
        if box["code"] in row.seals
    ]
