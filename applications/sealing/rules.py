"""Who may seal what and when, and why not: composed of small predicates, like `applications.rules`."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason
from accounts.models import AuditEvent, Unit
from accounts.names import in_language
from accounts.rules import has_role, reaches, why_not_role
from accounts.words import lazy_day
from applications.content import content_hash, content_of, opinion_boxes, sealing_unit, standing_content
from applications.enums import EDITABLE_STATES, ApplicationState, SealState
from applications.models import Application, FormVersion, Seal, Sealing
from applications.sealing.trust import validity

KEEPER = (Role.SEAL_KEEPER,)
#: After so many wrong passphrases a seal stays locked so long, as accounts do (GB/T 22239-2019).
MOST_TRIES, LOCKED_FOR = 5, datetime.timedelta(minutes=30)
#: A filed form gets the seals of the levels above while it is on its way and once it has been decided on.
SEALED_LATER = (ApplicationState.SUBMITTED, ApplicationState.ACCEPTED, ApplicationState.AWARDED)


@dataclass(frozen=True)
class Box:
    """An opinion box of one form version: whose seal it waits for, and the seal it got."""

    version: FormVersion
    code: str
    title: str
    lines: tuple[str, ...]
    #: Of the box: "area", "owner" or "above" (programmes/schema.json, opinion).
    whose: str
    unit: Unit | None
    sealing: Sealing | None

    @cached_property
    def opinion(self) -> str:
        """Wording to start from; none where the form prints it already."""
        return "" if self.lines else "同意申报。"


def boxes_of(version: FormVersion) -> list[Box]:
    """The opinion boxes of a version in their order; one query, none when the sealings are prefetched."""
    application = version.application
    sealed = {sealing.box: sealing for sealing in version.sealings.all()}
    return [
        Box(
            version=version,
            code=box["code"],
            title=in_language(box, "title"),
            lines=tuple(box.get("lines", ())),
            whose=box["unit"],
            unit=sealing_unit(application, box),
            sealing=sealed.get(box["code"]),
        )
        for box in opinion_boxes(application)
    ]


def next_box(version: FormVersion) -> Box | None:
    """The first box without an electronic seal, or None when all have one."""
    return next((box for box in boxes_of(version) if box.sealing is None), None)


def is_sealed(application: Application) -> bool:
    """Whether the present content, as a printed version, carries the electronic seal of its first box."""
    boxes = opinion_boxes(application)
    if not boxes:
        return False
    digest = content_hash(content_of(application))
    return Sealing.objects.filter(
        version__application=application, version__content_hash=digest, box=boxes[0]["code"]
    ).exists()


def why_not_seal(user, version: FormVersion, code: str) -> Reason | None:
    """Why this person may not put a seal into this box of this version now, or None.

    Asks for: keeper at exactly the box's unit, the time for that box, the standing content, the order of the boxes
    (an opinion given on paper goes on as paper), one seal a box, and a seal that is valid today.
    """
    boxes = boxes_of(version)
    box = next((box for box in boxes if box.code == code), None)
    if box is None or box.unit is None:
        return Reason(text=_("This form has no such box."))
    return (
        why_not_role(user, KEEPER, box.unit)
        or _why_done(box)
        or _why_not_now(box)
        or _why_other_content(version)
        or _why_not_in_order(boxes, box)
        or why_no_seal(box.unit)
    )


def why_no_seal(unit: Unit) -> Reason | None:
    """Why a unit has no seal it could use today, or None."""
    seal = valid_seal(unit)
    if seal is None:
        return Reason(
            text=_("%(unit)s has no valid electronic seal.") % {"unit": unit},
            remedy=_("Its seal keeper registers one first; or the form is printed and stamped."),
        )
    return why_not_use(seal)


def why_not_use(seal: Seal) -> Reason | None:
    """Why a seal cannot seal today: revoked, expired or not valid yet."""
    today, (begins, ends) = clock.today(), validity(seal.certificate)
    if seal.state == SealState.REVOKED:
        return Reason(text=_("The seal “%(seal)s” is revoked.") % {"seal": seal})
    # A certificate may begin and end at any time of its first and last day.
    if today > seal.valid_until or clock.now() > ends:
        return Reason(
            text=_("The seal “%(seal)s” expired on %(day)s.")
            % {"seal": seal, "day": lazy_day(seal.valid_until)},
            remedy=_("Revoke it and register one with a new certificate."),
        )
    if today < seal.valid_from or clock.now() < begins:
        return Reason(
            text=_("The seal “%(seal)s” is valid from %(day)s.")
            % {"seal": seal, "day": lazy_day(seal.valid_from)},
            earliest=seal.valid_from,
        )
    return None


def why_locked(seal: Seal) -> Reason | None:
    """Why a seal opens with no passphrase just now, or None: too many wrong ones since it was last used."""
    since = clock.now() - LOCKED_FOR
    used = seal.sealings.order_by("-sealed_at").values_list("sealed_at", flat=True).first()
    wrong = AuditEvent.objects.filter(
        action="seal.open",
        object_type=seal._meta.label_lower,
        object_id=str(seal.pk),
        at__gt=max(since, used or since),
    )
    tries = list(wrong.order_by("-at").values_list("at", flat=True)[:MOST_TRIES])
    if len(tries) < MOST_TRIES:
        return None
    until = timezone.localtime(tries[-1] + LOCKED_FOR)
    return Reason(
        text=_("The seal is locked until %(time)s: the passphrase was wrong several times.")
        % {"time": f"{until:%H:%M}"},
        remedy=_("If it was not you, revoke the seal and tell the security administrator."),
    )


def valid_seal(unit: Unit) -> Seal | None:
    """The unit's seal that is not revoked; a constraint allows one."""
    return Seal.objects.select_related("unit").filter(unit=unit, state=SealState.VALID).first()


def may_revoke(user, seal: Seal) -> bool:
    return has_role(user, Role.SEAL_KEEPER, seal.unit) or reaches(user, Role.SECURITY_ADMIN, seal.unit)


def why_not_seal_action(user, seal: Seal, action: str, reason: str) -> Reason | None:
    """Why this person may not revoke this seal, or None: its keeper or a security administrator may, with a reason."""
    if user is not None and not may_revoke(user, seal):
        return Reason(
            text=_("Only the seal keeper of %(unit)s or a security administrator may revoke this seal.")
            % {"unit": seal.unit}
        )
    if not reason.strip():
        return Reason(text=_("Write the reason: it is kept with the decision."))
    return None


def _why_done(box: Box) -> Reason | None:
    if box.sealing is None:
        return None
    day = timezone.localdate(box.sealing.sealed_at)
    return Reason(
        text=_("The box “%(box)s” was sealed on %(day)s.") % {"box": box.title, "day": lazy_day(day)},
        remedy=_("A box is sealed once."),
    )


def _why_not_now(box: Box) -> Reason | None:
    application, version = box.version.application, box.version
    state = application.state
    if box.whose == "area" and state in EDITABLE_STATES:
        return None
    if state in SEALED_LATER and version.filed_at is not None:
        return None
    if state in EDITABLE_STATES or version.filed_at is None:
        return Reason(
            text=_("This version has not been handed in yet."),
            remedy=_("The levels above seal once the county has filed the form."),
        )
    return Reason(
        text=_("The form cannot be sealed now: %(state)s.") % {"state": application.get_state_display()}
    )


def _why_other_content(version: FormVersion) -> Reason | None:
    if version.content_hash == content_hash(standing_content(version.application)):
        return None
    return Reason(
        text=_("The form was changed after version %(number)s was printed.") % {"number": version.number},
        remedy=_("Print the present version and seal that one."),
    )


def _why_not_in_order(boxes: list[Box], box: Box) -> Reason | None:
    before = next((earlier for earlier in boxes[: boxes.index(box)] if earlier.sealing is None), None)
    if before is None:
        return None
    return Reason(
        text=_("The box “%(box)s” before it carries no electronic seal.") % {"box": before.title},
        remedy=_("A form stamped on paper goes on as paper: print it, stamp it and scan it."),
    )
