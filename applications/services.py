import datetime
import hashlib

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.rules import why_not_role
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.staircase import climb
from accounts.uploads import checked_content_type
from applications.content import content_hash, content_of
from applications.eligibility import eligibility, live_application
from applications.enums import (
    APPLICATION_TRANSITIONS,
    CYCLE_TRANSITIONS,
    ApplicationAction,
    ApplicationState,
    AttachmentKind,
    CycleAction,
)
from applications.models import (
    Application,
    ApplicationLog,
    Attachment,
    Cycle,
    CycleLog,
    Extension,
    FormVersion,
    LevelRule,
    QuotaPlace,
)
from applications.quota import why_no_place
from applications.rules import (
    ATTACHMENT_FILES,
    may_edit,
    may_handle,
    most_files,
    why_not_action,
    why_not_cycle_action,
)
from notices.services import notify
from notices.workdays import nth_working_day
from sites.models import Level, Site
from sites.numbers import next_number
from sites.selectors import areas_of


def transition(*, obj: Application | Cycle, action: str, actor, reason: str = "", **changes):
    """Move an application or cycle along its table; the only place of this app that assigns a state.

    The log row of an application carries the hash of the form version decided on. Raises DomainError.
    """
    if isinstance(obj, Cycle):
        return climb(
            obj=obj,
            action=action,
            actor=actor,
            reason=reason,
            table=CYCLE_TRANSITIONS,
            guard=why_not_cycle_action,
            log_model=CycleLog,
            unit=obj.programme.owner,
            changes=changes,
        )
    last = obj.versions.order_by("-number").first()
    return climb(
        obj=obj,
        action=action,
        actor=actor,
        reason=reason,
        table=APPLICATION_TRANSITIONS,
        guard=why_not_action,
        log_model=ApplicationLog,
        content_hash=last.content_hash if last else "",
        unit=obj.area,
        changes=changes,
    )


# --- the county's side ---------------------------------------------------------------------------------------------


@transaction.atomic
def start_application(*, actor, site: Site, rule: LevelRule) -> Application:
    """Open a draft for a site and level. Raises DomainError with the first reason why the site may not apply."""
    require(why_not_role(actor, (Role.UNIT_STAFF,), site.area))
    # A double click or a second tab meets the draft of the first: it is handed back, not made twice.
    Site.objects.select_for_update().get(pk=site.pk)
    under_way = live_application(site, rule)
    if under_way and under_way.state == ApplicationState.DRAFT:
        return under_way
    require(next(iter(eligibility(site, rule).reasons), None))
    cycle = rule.cycle
    serial = next_number(f"application:{cycle.programme.owner_id}:{cycle.year}")
    application = Application.objects.create(
        cycle=cycle,
        site=site,
        level=rule.level,
        area=site.area,
        number=f"{cycle.programme.owner.code}-{cycle.year}-{serial:04d}",
        created_by=actor,
        created_at=clock.now(),
    )
    record(action="application.start", actor=actor, obj=application, unit=site.area)
    return application


@transaction.atomic
def save_form(*, actor, application: Application, revision: int, data: dict) -> Application:
    """Keep typed fields. `revision` is what the form was loaded with; raises StaleForm when it is not current."""
    locked = _editable(actor, application)
    if locked.revision != revision:
        raise StaleForm(
            Reason(
                text=_("This form was saved in another window after you opened it here."),
                remedy=_(
                    "What you typed is still below. Open the form again in a new tab and carry it over."
                ),
            )
        )
    if any(locked.data.get(code) != value for code, value in data.items()):
        locked.data = {**locked.data, **data}
        locked.revision += 1
        locked.save(update_fields=["data", "revision"])
    return locked


@transaction.atomic
def add_attachment(*, actor, application: Application, kind: str, upload) -> Attachment:
    """Keep an uploaded file after checking what it is. A new stamped scan takes the place of the one before.

    Raises DomainError when the form is not open for changes, the file is of the wrong kind or there are too many.
    """
    locked = _editable(actor, application)
    content_type = checked_content_type(upload, ATTACHMENT_FILES[AttachmentKind(kind)])
    present = locked.attachments.present().filter(kind=kind)
    if kind == AttachmentKind.STAMPED:
        present.update(removed_at=clock.now())
    elif present.count() >= (most := most_files(locked, kind)):
        raise DomainError(
            Reason(text=_("An application holds at most %(most)s files of this kind.") % {"most": most})
        )
    attachment = Attachment.objects.create(
        application=locked,
        kind=kind,
        file=upload,
        name=upload.name[-200:],
        content_type=content_type,
        size=upload.size,
        sha256=_sha256(upload),
        form_hash=content_hash(content_of(locked)) if kind == AttachmentKind.STAMPED else "",
        uploaded_by=actor,
        uploaded_at=clock.now(),
    )
    record(action="attachment.add", actor=actor, obj=locked, unit=locked.area, name=attachment.name)
    return attachment


@transaction.atomic
def remove_attachment(*, actor, attachment: Attachment) -> None:
    """Take a file off the form; earlier submitted versions keep referring to it."""
    locked = _editable(actor, attachment.application)
    Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(removed_at=clock.now())
    record(action="attachment.remove", actor=actor, obj=locked, unit=locked.area, name=attachment.name)


@transaction.atomic
def submit(*, actor, application: Application) -> Application:
    """Hand the application in: takes a quota place, freezes a form version, tells the leadership office.

    Raises DomainError with the first thing that stands in the way (see `why_not_submit`).
    """
    locked = _lock(application)
    _lock_places(locked)
    content = content_of(locked)
    now = clock.now()
    transition(
        obj=locked,
        action=ApplicationAction.SUBMIT,
        actor=actor,
        submitted_at=now,
        filed_first_at=locked.filed_first_at or now,
    )
    _take_place(locked)
    last = locked.versions.aggregate(last=Max("number"))["last"] or 0
    version = FormVersion.objects.create(
        application=locked,
        number=last + 1,
        content=content,
        content_hash=content_hash(content),
        made_at=now,
        made_by=actor,
    )
    notify(
        recipients=users_with_role(Role.OFFICE, locked.cycle.programme.owner),
        subject=format_lazy(
            gettext_lazy("{area} has filed: {site} ({level})"),
            area=locked.area.name,
            site=locked.site.name,
            level=locked.level.name,
        ),
        body=format_lazy(
            gettext_lazy("Application {number}, version {version}."),
            number=locked.number,
            version=version.number,
        ),
        url=_address(locked),
    )
    return locked


@transaction.atomic
def withdraw(*, actor, application: Application, reason: str) -> None:
    """The county takes its application back; the quota place is free again."""
    transition(obj=application, action=ApplicationAction.WITHDRAW, actor=actor, reason=reason)
    _free_place(application)


# --- the leadership office's side ----------------------------------------------------------------------------------


@transaction.atomic
def accept(*, actor, application: Application, reason: str = "") -> None:
    """The papers are in order: the application goes on to assessment."""
    transition(obj=application, action=ApplicationAction.ACCEPT, actor=actor, reason=reason)
    _tell_area(application, gettext_lazy("Accepted: {site} ({level})"), reason)


@transaction.atomic
def return_for_correction(*, actor, application: Application, reason: str) -> None:
    """Send the application back; it may be handed in corrected within the cycle's number of working days."""
    days = application.cycle.correction_working_days
    correct_by = nth_working_day(clock.today() + datetime.timedelta(days=1), days)
    transition(
        obj=application, action=ApplicationAction.RETURN, actor=actor, reason=reason, correct_by=correct_by
    )
    text = format_lazy(
        gettext_lazy("{reason} To be corrected by {day}."), reason=reason, day=correct_by.isoformat()
    )
    _tell_area(application, gettext_lazy("Returned for correction: {site} ({level})"), text)


@transaction.atomic
def refuse(*, actor, application: Application, reason: str) -> None:
    """Refuse the application for good; the quota place is free again."""
    transition(obj=application, action=ApplicationAction.REFUSE, actor=actor, reason=reason)
    _free_place(application)
    _tell_area(application, gettext_lazy("Refused: {site} ({level})"), reason)


@transaction.atomic
def conclude(*, actor, application: Application, awarded: bool, reason: str) -> None:
    """Write the end of the assessment on the application: plaque awarded, or not and why."""
    action = ApplicationAction.AWARD if awarded else ApplicationAction.DECLINE
    transition(obj=application, action=action, actor=actor, reason=reason)
    subject = (
        gettext_lazy("Plaque awarded: {site} ({level})")
        if awarded
        else gettext_lazy("Not awarded: {site} ({level})")
    )
    _tell_area(application, subject, reason)


@transaction.atomic
def grant_extra_place(*, actor, cycle: Cycle, level: Level, area, reason: str) -> QuotaPlace:
    """Grant one application beyond the quota (增报), with the office's written reason."""
    _require_office(actor, cycle)
    _require_reason(reason)
    last = (
        QuotaPlace.objects.filter(cycle=cycle, level=level, area=area).aggregate(last=Max("ordinal"))["last"]
        or 0
    )
    try:
        with transaction.atomic():
            place = QuotaPlace.objects.create(
                cycle=cycle,
                level=level,
                area=area,
                ordinal=last + 1,
                is_extra=True,
                reason=reason,
                granted_by=actor,
                granted_at=clock.now(),
            )
    except IntegrityError as error:
        raise DomainError(
            Reason(text=_("Another place was granted at the same moment. Look before trying again."))
        ) from error
    record(action="quota.extra", actor=actor, obj=place, unit=area, reason=reason)
    _tell_staff(
        area,
        format_lazy(gettext_lazy("An extra place was granted: {level}"), level=level.name),
        reason,
        reverse("sites:list"),
    )
    return place


@transaction.atomic
def grant_extension(*, actor, cycle: Cycle, area, until: datetime.date, reason: str) -> Extension:
    """Let one area file until a later day. Raises DomainError for a day that is already over."""
    _require_office(actor, cycle)
    _require_reason(reason)
    if until < clock.today():
        raise DomainError(Reason(text=_("The new last day is already over.")))
    extension = Extension.objects.create(
        cycle=cycle, area=area, until=until, reason=reason, granted_by=actor, granted_at=clock.now()
    )
    record(action="deadline.extend", actor=actor, obj=extension, unit=area, reason=reason)
    _tell_staff(
        area,
        format_lazy(gettext_lazy("The last day for filing is now {day}."), day=until.isoformat()),
        reason,
        reverse("sites:list"),
    )
    return extension


# --- cycles --------------------------------------------------------------------------------------------------------


def open_cycle(*, actor, cycle: Cycle) -> None:
    transition(obj=cycle, action=CycleAction.OPEN, actor=actor)


def close_cycle(*, actor, cycle: Cycle, reason: str = "") -> None:
    transition(obj=cycle, action=CycleAction.CLOSE, actor=actor, reason=reason)


@transaction.atomic
def make_places(*, cycle: Cycle) -> int:
    """Lay out each area's quota places of a cycle; places already there stay. Returns how many were added."""
    added = 0
    for rule in cycle.level_rules.exclude(quota=None):
        for area in areas_of(cycle.programme):
            for ordinal in range(1, rule.quota + 1):
                place = {"cycle": cycle, "level": rule.level, "area": area, "ordinal": ordinal}
                added += QuotaPlace.objects.get_or_create(**place)[1]
    return added


@transaction.atomic
def next_cycle(*, actor, cycle: Cycle, **scheme) -> Cycle:
    """Prepare and open the following year's cycle with the same rules; dates move by one year.

    `scheme` holds scheme_title, scheme_number, scheme_issued_on, approval_basis, approved_by, approval_number and
    approval_valid_until of the new year. Raises DomainError when that year already has a cycle.
    """
    _require_office(actor, cycle)
    if Cycle.objects.filter(programme=cycle.programme, year=cycle.year + 1).exists():
        raise DomainError(Reason(text=_("The year %(year)s already has a cycle.") % {"year": cycle.year + 1}))
    following = Cycle.objects.create(
        programme=cycle.programme,
        year=cycle.year + 1,
        form=cycle.form,
        articles=cycle.articles,
        correction_working_days=cycle.correction_working_days,
        notice_working_days=cycle.notice_working_days,
        review_years_before=cycle.review_years_before,
        **scheme,
    )
    _copy_rules(cycle, following)
    make_places(cycle=following)
    open_cycle(actor=actor, cycle=following)
    return following


def _copy_rules(source: Cycle, target: Cycle) -> None:
    for rule in source.level_rules.prefetch_related("categories"):
        copy = LevelRule.objects.create(
            cycle=target,
            level_id=rule.level_id,
            quota=rule.quota,
            required_level_id=rule.required_level_id,
            required_months=rule.required_months,
            steps=rule.steps,
        )
        copy.categories.set(rule.categories.all())
    for milestone in source.milestones.all():
        milestone.pk, milestone._state.adding = None, True
        milestone.cycle = target
        milestone.due_on = _next_year(milestone.due_on)
        milestone.starts_on = milestone.starts_on and _next_year(milestone.starts_on)
        milestone.save()


def _next_year(day: datetime.date) -> datetime.date:
    """The same day a year on; the end of February stays the end of February."""
    end_of_month = (day + datetime.timedelta(days=1)).month != day.month
    if end_of_month:
        following = day + datetime.timedelta(days=1)
        return following.replace(year=following.year + 1) - datetime.timedelta(days=1)
    return day.replace(year=day.year + 1)


# --- helpers -------------------------------------------------------------------------------------------------------


def _lock(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related(
            "cycle__programme__owner", "site__category", "site__area", "site__unit", "level", "area"
        )
        .get(pk=application.pk)
    )


def _editable(actor, application: Application) -> Application:
    locked = _lock(application)
    if not may_edit(actor, locked):
        raise DomainError(
            Reason(
                text=_("The form cannot be changed now: %(state)s.") % {"state": locked.get_state_display()},
                remedy=_("Only its own county's staff may change a draft or a returned form."),
            )
        )
    return locked


def _lock_places(application: Application) -> None:
    """Hold the area's places of the level until the end of the transaction, so that the last goes to one."""
    list(
        QuotaPlace.objects.select_for_update(of=("self",))
        .filter(cycle_id=application.cycle_id, level_id=application.level_id, area_id=application.area_id)
        .order_by("id")
    )


def _take_place(application: Application) -> None:
    if QuotaPlace.objects.filter(application=application).exists():
        return
    free = QuotaPlace.objects.filter(
        cycle_id=application.cycle_id,
        level_id=application.level_id,
        area_id=application.area_id,
        application=None,
    ).order_by("ordinal")
    for place in free:
        if QuotaPlace.objects.filter(pk=place.pk, application=None).update(application=application):
            return
    require(why_no_place(application.cycle, application.area, application.level))


def _free_place(application: Application) -> None:
    QuotaPlace.objects.filter(application=application).update(application=None)


def _require_office(actor, cycle: Cycle) -> None:
    if not may_handle(actor, cycle):
        raise DomainError(Reason(text=_("Only the leadership office may do this.")))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise DomainError(Reason(text=_("Write the reason: it is kept with the decision.")))


def _tell_area(application: Application, subject, body) -> None:
    named = format_lazy(subject, site=application.site.name, level=application.level.name)
    _tell_staff(application.area, named, body, _address(application))


def _tell_staff(area, subject, body, url: str) -> None:
    notify(recipients=users_with_role(Role.UNIT_STAFF, area), subject=subject, body=body, url=url)


def _address(application: Application) -> str:
    return reverse("applications:detail", args=[application.pk])


def _sha256(upload) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
