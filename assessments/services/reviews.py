"""The annual review (复核): the list, the county's report, the visit, the result."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.models import Unit, UnitUserObjectPermission, User
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.uploads import SCANS, checked_content_type
from accounts.words import lazy_day
from applications.content import content_hash
from applications.models import Cycle
from assessments.enums import ReviewAction, ReviewOpinion
from assessments.models import Review, ReviewedPlaque, ReviewVisit
from assessments.review_measure import cell_of
from assessments.review_rules import (
    follows_from_review,
    open_proposal,
    why_not_draw,
    why_not_edit_review,
)
from assessments.reviewing.days import correction_day, report_day
from assessments.reviewing.drawing import REVIEWED_STATES, undrawn_plaques
from assessments.reviewing.fields import fields_of, values_of
from assessments.reviewing.prefill import prefill_of
from assessments.services.revocations import write_proposal
from assessments.services.staircase import transition
from notices.services import notify
from notices.workdays import why_too_far
from sites import services as ledger
from sites.enums import PlaqueState
from sites.models import Plaque, Site
from sites.services.tallies import count
from sites.tallies import Change

#: Sites whose forms are opened in one transaction: a list of hundreds must not keep everybody else from writing.
_AT_ONCE = 200


# --- the list ---------------------------------------------------------------------------------------------


def draw_reviews(*, actor, cycle: Cycle) -> int:
    """Put every plaque the scheme's rule names on the cycle's list, one prefilled form a site.

    Safe to run twice and beside itself: only what is missing is added. Returns how many plaques were added; their
    counties are told. Raises DomainError for other than the leadership office (actor None: the scheduled work), for
    a scheme without review, a closed cycle, and before the review's first day.
    """
    require(why_not_draw(actor, cycle))
    sites = list(
        undrawn_plaques(cycle).order_by("site__area", "site").values_list("site", flat=True).distinct()
    )
    areas: set[int] = set()
    added = 0
    for start in range(0, len(sites), _AT_ONCE):
        added += _draw(actor, cycle, sites[start : start + _AT_ONCE], areas)
    for area in Unit.objects.filter(pk__in=areas):
        notify(
            recipients=users_with_role(Role.UNIT_STAFF, area),
            subject=format_lazy(
                gettext_lazy("Annual review: reports are due by {day}"), day=lazy_day(report_day(cycle))
            ),
            url=reverse("assessments:reviews"),
        )
    return added


@transaction.atomic
def _draw(actor, cycle: Cycle, site_ids: list[int], areas: set[int]) -> int:
    """Open the forms of some sites; another draw waits here and then finds nothing left."""
    Cycle.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle.pk)
    due: dict[int, list[Plaque]] = {}
    for plaque in undrawn_plaques(cycle).filter(site__in=site_ids):
        due.setdefault(plaque.site_id, []).append(plaque)
    reviews = {review.site_id: review for review in Review.objects.filter(cycle=cycle, site__in=due)}
    # Held, so that none moves or merges meanwhile: its review belongs to the area it has now. Read after that: a row
    # waited for comes back without what it was joined to before it moved.
    held = Site.objects.select_for_update(no_key=True).filter(pk__in=due).order_by("pk")
    list(held.values_list("pk", flat=True))
    new = Site.objects.filter(pk__in=due).exclude(pk__in=reviews).select_related("category", "area", "unit")
    reviews |= _open_forms(cycle, list(new), areas)
    rows = [ReviewedPlaque(review=reviews[site], plaque=plaque) for site in due for plaque in due[site]]
    ReviewedPlaque.objects.bulk_create(rows)
    if rows:
        record(action="review.draw", actor=actor, obj=cycle, unit=cycle.programme.owner, new=len(rows))
    return len(rows)


def _open_forms(cycle: Cycle, sites: list[Site], areas: set[int]) -> dict[int, Review]:
    known, by = prefill_of(cycle, sites), report_day(cycle)
    areas.update(site.area_id for site in sites)
    made = [
        Review(
            cycle=cycle,
            site=site,
            area=site.area,
            opened_at=clock.now(),
            report_by=by,
            prefill=known[site.pk],
        )
        for site in sorted(sites, key=lambda site: (site.area_id, site.pk))
    ]
    Review.objects.bulk_create(made)
    count(Change(cell_of(review, review.state), 1) for review in made)
    return {review.site_id: review for review in made}


# --- the county -------------------------------------------------------------------------------------------


@transaction.atomic
def save_review(*, actor, review: Review, revision: int, data: dict[str, str]) -> Review:
    """Keep what the county typed. A value equal to the one known beforehand keeps its source.

    `revision` is what the form was loaded with; raises StaleForm when it is not current.
    """
    locked = lock_review(review)
    require(why_not_edit_review(actor, locked))
    if locked.revision != revision:
        raise StaleForm(
            Reason(
                text=_("This form was saved in another window after you opened it here."),
                remedy=_(
                    "What you typed is still below. Open the form again in a new tab and carry it over."
                ),
            )
        )
    codes = {field["code"] for field in fields_of(locked.cycle)}
    typed = locked.data | {code: text.strip() for code, text in data.items() if code in codes}
    known = {code: row["value"] for code, row in locked.prefill.items()}
    kept = {code: text for code, text in typed.items() if text != known.get(code, "")}
    if kept != locked.data:
        locked.data, locked.revision = kept, locked.revision + 1
        locked.save(update_fields=["data", "revision"])
    return locked


@transaction.atomic
def report_review(*, actor, review: Review) -> Review:
    """Hand the county's report in, late as well. Raises DomainError while a required field is empty."""
    locked = lock_review(review)
    transition(
        obj=locked,
        action=ReviewAction.REPORT,
        actor=actor,
        content_hash=content_hash(values_of(locked)),
        reported_at=clock.now(),
    )
    _tell(locked, [*_visitors(locked), *_office(locked)], gettext_lazy("Review report handed in: {site}"))
    return locked


@transaction.atomic
def return_review(*, actor, review: Review, reason: str) -> Review:
    """Give a report back to the county to be corrected, with the cycle's time for corrections."""
    locked = lock_review(review)
    by = max(correction_day(locked.cycle), locked.report_by or clock.today())
    transition(obj=locked, action=ReviewAction.RETURN, actor=actor, reason=reason, report_by=by)
    _tell(locked, _county(locked), gettext_lazy("Review report to be corrected: {site}"), reason)
    return locked


@transaction.atomic
def report_rectification(*, actor, review: Review, text: str) -> Review:
    """The county writes what was put right; late as well, as long as nobody has decided."""
    locked = lock_review(review)
    transition(obj=locked, action=ReviewAction.REPORT_RECTIFIED, actor=actor, reason=text, rectification=text)
    _tell(
        locked, [*_visitors(locked), *_office(locked)], gettext_lazy("Rectification reported: {site}"), text
    )
    return locked


# --- the visit --------------------------------------------------------------------------------------------


@transaction.atomic
def record_review_visit(
    *,
    actor,
    review: Review,
    visited_on: datetime.date,
    group: str,
    findings: str,
    opinion: str,
    file=None,
) -> ReviewVisit:
    """Record what a group saw on the spot and proposes (a ReviewOpinion); after a rectification the second look.

    Raises DomainError for somebody who does not look after the area, a day to come or before the form was opened,
    missing words, and a file that is no picture or PDF.
    """
    locked = lock_review(review)
    transition(obj=locked, action=ReviewAction.VISIT, actor=actor, reason=findings)
    require(_why_not_visit(locked, visited_on, findings, opinion))
    if file:
        checked_content_type(file, SCANS)
    visit = ReviewVisit.objects.create(
        review=locked,
        visited_on=visited_on,
        group=group,
        findings=findings,
        opinion=opinion,
        file=file or "",
        file_name=file.name[:200] if file else "",
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    _tell(locked, _office(locked), gettext_lazy("Review visit recorded: {site}"), findings)
    return visit


def _why_not_visit(review: Review, visited_on: datetime.date, findings: str, opinion: str) -> Reason | None:
    if not timezone.localdate(review.opened_at) <= visited_on <= clock.today():
        return Reason(text=_("The visit must lie between the opening of the form and today."))
    if not findings.strip():
        return Reason(text=_("Write what was found: it is kept with the decision."))
    if opinion not in ReviewOpinion.values:
        return Reason(text=_("Choose what the group proposes."))
    return None


# --- the result -------------------------------------------------------------------------------------------


@transaction.atomic
def pass_review(*, actor, review: Review, findings: str = "") -> Review:
    """The site keeps its plaques: a rectification of theirs ends, a period of validity runs anew from today."""
    locked = lock_review(review)
    transition(
        obj=locked,
        action=ReviewAction.PASS,
        actor=actor,
        reason=findings,
        findings=findings,
        decided_on=clock.today(),
    )
    words = f"{locked.cycle.year}年度复核合格"
    for plaque in _still_held(locked):
        _restore(actor, locked, plaque, words)
        if plaque.valid_until and plaque.valid_until >= clock.today():
            ledger.renew_plaque(actor=actor, plaque=plaque, renewed_on=clock.today(), reason=words)
    _tell(locked, _county(locked), gettext_lazy("Annual review passed: {site}"), findings)
    return locked


@transaction.atomic
def demand_review_rectification(*, actor, review: Review, findings: str, rectify_by: datetime.date) -> Review:
    """The site puts right what was found by a day; its plaques are in rectification until then.

    Raises DomainError for a day that is not ahead.
    """
    if rectify_by <= clock.today():
        raise DomainError(Reason(text=_("The day for putting it right must lie ahead.")))
    require(why_too_far(rectify_by))
    locked = lock_review(review)
    transition(
        obj=locked,
        action=ReviewAction.RECTIFY,
        actor=actor,
        reason=findings,
        findings=findings,
        rectify_by=rectify_by,
    )
    for plaque in _still_held(locked):
        if plaque.state == PlaqueState.VALID:
            ledger.demand_rectification(
                actor=actor, plaque=plaque, by=rectify_by, reason=findings, guard=follows_from_review(locked)
            )
    _tell(locked, _county(locked), gettext_lazy("To be rectified after the review: {site}"), findings)
    return locked


@transaction.atomic
def fail_review(*, actor, review: Review, findings: str) -> Review:
    """The site does not pass: it is proposed to take back every reviewed plaque it still has. A leader decides."""
    locked = lock_review(review)
    transition(
        obj=locked,
        action=ReviewAction.FAIL,
        actor=actor,
        reason=findings,
        findings=findings,
        decided_on=clock.today(),
    )
    for plaque in _still_held(locked):
        if open_proposal(plaque) is None:
            reason = f"{locked.cycle.year}年度复核不合格：{findings}"
            write_proposal(actor=actor, plaque=plaque, reason=reason, review=locked)
    _tell(locked, _county(locked), gettext_lazy("Annual review failed: {site}"), findings)
    return locked


@transaction.atomic
def drop_review(*, actor, review: Review, reason: str) -> Review:
    """Take a site off the list without a result, with the reason, e.g. its plaque was given back meanwhile."""
    locked = lock_review(review)
    transition(obj=locked, action=ReviewAction.DROP, actor=actor, reason=reason, findings=reason)
    for plaque in _still_held(locked):
        _restore(actor, locked, plaque, reason)
    _tell(locked, _county(locked), gettext_lazy("Taken off the list of the review: {site}"), reason)
    return locked


# --- shared -----------------------------------------------------------------------------------------------


def lock_review(review: Review) -> Review:
    """The review, locked, with all that its rules and messages ask of it."""
    return (
        Review.objects.select_for_update(of=("self",))
        .select_related("cycle__programme__owner", "site__category", "site__area", "area")
        .get(pk=review.pk)
    )


def _still_held(review: Review) -> list[Plaque]:
    """The plaques on the list that the site still has; one given in place of another stands on the list for it."""
    while new := Plaque.objects.filter(replaces__reviews__review=review).exclude(reviews__review=review):
        ReviewedPlaque.objects.bulk_create([ReviewedPlaque(review=review, plaque=plaque) for plaque in new])
    rows = Plaque.objects.filter(reviews__review=review, state__in=REVIEWED_STATES)
    return list(rows.select_related("level__programme__owner", "site__area").order_by("level__rank"))


def _restore(actor, review: Review, plaque: Plaque, reason: str) -> None:
    """A plaque that stays is no longer in rectification."""
    if plaque.state == PlaqueState.RECTIFYING:
        guard = follows_from_review(review)
        ledger.end_rectification(actor=actor, plaque=plaque, reason=reason, guard=guard)


def _county(review: Review):
    return users_with_role(Role.UNIT_STAFF, review.area)


def _office(review: Review):
    return users_with_role(Role.OFFICE, review.cycle.programme.owner)


def _visitors(review: Review):
    """The members of the supervision groups that look after the area."""
    following = UnitUserObjectPermission.objects.on(clock.today()).filter(
        content_object=review.area, permission__codename="follow_unit"
    )
    members = users_with_role(Role.SUPERVISOR, review.cycle.programme.owner)
    return members.filter(pk__in=following.values("user"))


def _tell(review: Review, people: list[User], subject, body: str = "") -> None:
    notify(
        recipients=people,
        subject=format_lazy(subject, site=review.site.name),
        body=body,
        url=reverse("assessments:review", args=[review.pk]),
    )
