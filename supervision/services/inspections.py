"""Visits as the groups record them: the record first, its photos one by one, safe however often either is sent."""

import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.models import Unit, User
from accounts.selectors import users_with_role
from accounts.services import record
from accounts.uploads import IMAGES, checked_content_type, reading_picture
from accounts.words import lazy_day
from applications.models import Cycle
from notices.services import notify
from sites.models import Site
from supervision.enums import InspectionAction, InspectionState, VisitAction, VisitState
from supervision.fingerprint import fingerprint_of
from supervision.inspection_content import checked_answers, chosen_checklist, part, record_hash
from supervision.inspection_rules import area_of, why_not_record
from supervision.models import (
    Finding,
    Inspection,
    InspectionPhoto,
    Membership,
    PlannedVisit,
    SupervisionGroup,
)
from supervision.rules import why_not_group_work
from supervision.services.findings import record_finding
from supervision.services.staircase import transition

#: Photos and findings one visit may carry, and bytes of one photo: devices send them shrunk to well under one MB.
MOST_PHOTOS, MOST_FINDINGS, LARGEST_PHOTO = 30, 50, 8 * 1024 * 1024


class Conflict(DomainError):
    """Another record with this uid is kept already; `inspection` is the one that is kept."""

    def __init__(self, inspection: Inspection):
        self.inspection = inspection
        super().__init__(
            Reason(
                text=_("Another version of this visit was received before."),
                remedy=_("Keep that one, or send yours as a new visit."),
            )
        )


class UidTaken(DomainError):
    """The uid belongs to something this person did not send: nothing more is told."""


@transaction.atomic
def receive_inspection(
    *,
    actor,
    uid: UUID,
    group: SupervisionGroup,
    target: Site | Unit,
    visited_on: datetime.date,
    present: str = "",
    checklist_code: str = "",
    answers: Mapping | None = None,
    summary: str = "",
    position: Mapping | None = None,
    kept_at: datetime.datetime | None = None,
    planned: PlannedVisit | None = None,
    photos: Sequence[Mapping] = (),
    findings: Sequence[Mapping] = (),
) -> Inspection:
    """Take in the record of a visit; with photos announced it is complete when the last of them has arrived.

    `position`: {"latitude", "longitude" (degrees), "accuracy" (metres)}. `photos`: rows of {"uid", "sha256", "size"
    (bytes), "note", "taken_at", "position"}. `findings`: rows of {"uid", "kind", "severity", "text", "remedy",
    "owner" (Unit, None: the county or park), "due_on"}.
    The same record again gives back the row that is kept. Raises Conflict when another record came under this uid,
    UidTaken when it is somebody else's, DomainError for who may not record it here, a day to come or outside the
    programme's years, and answers that do not fit the checklist.
    """
    site, unit = (target, target.unit) if isinstance(target, Site) else (None, target)
    parts = {
        "present": present.strip(),
        "summary": summary.strip(),
        "checklist_code": checklist_code,
        "answers": answers or {},
    }
    content_hash = _hash(group, site, unit, visited_on, parts, position, planned, photos, findings)
    if known := Inspection.objects.filter(uid=uid).first():
        return _the_same(actor, known, content_hash)
    area = area_of(group, unit, visited_on)
    require(why_not_record(actor, group, area, visited_on))
    require(_why_too_many(photos, findings))
    place = {"group": group, "area": area, "unit": unit, "site": site}
    inspection = Inspection(
        uid=uid, visited_on=visited_on, content_hash=content_hash, recorded_by=actor, kept_at=kept_at, **place
    )
    _fill_in(inspection, parts, planned, position)
    if not _is_first(inspection):
        return _the_same(actor, Inspection.objects.get(uid=uid), content_hash)
    _announce(inspection, photos)
    _record_findings(actor, inspection, findings)
    record(action="inspection.receive", actor=actor, obj=inspection, unit=unit, photos=len(photos))
    _complete_when_whole(actor, inspection)
    return inspection


@transaction.atomic
def receive_photo(*, actor, inspection: Inspection, uid: UUID, content: bytes) -> InspectionPhoto:
    """Take in one announced photo, kept with the very same bytes. The same photo again changes nothing.

    Raises DomainError for other than the group and the office, a photo that was not announced, other bytes than
    announced (cut off on the way, for example), what is no JPEG or PNG, and a visit declared void.
    """
    inspection = (
        Inspection.objects.select_for_update(of=("self",))
        .select_related("group__programme__owner", "cycle", "unit", "site", "area")
        .get(pk=inspection.pk)
    )
    require(why_not_group_work(actor, inspection.group))
    photo = inspection.photos.filter(uid=uid).first()
    if photo is None:
        raise DomainError(Reason(text=_("This photo was not announced with the visit.")))
    if len(content) != photo.size or hashlib.sha256(content).hexdigest() != photo.sha256:
        raise DomainError(
            Reason(
                text=_("The photo did not arrive as it was announced."),
                remedy=_("It is still on the device: send it again."),
            )
        )
    if photo.arrived_at is not None:
        return photo
    if inspection.state == InspectionState.VOID:
        raise DomainError(Reason(text=_("The visit was declared void.")))
    _keep(photo, content)
    _complete_when_whole(actor, inspection)
    return photo


@transaction.atomic
def void_inspection(*, actor, inspection: Inspection, reason: str) -> Inspection:
    """Declare a visit void; it stays readable. The visit of the plan it stood for is planned again.

    Raises DomainError for other than the group and the office, without a reason, and while findings are under way.
    """
    transition(obj=inspection, action=InspectionAction.VOID, actor=actor, reason=reason)
    planned = inspection.planned
    if planned and planned.state == VisitState.DONE:
        others = planned.inspections.filter(state=InspectionState.RECORDED)
        if not others.exists():
            transition(obj=planned, action=VisitAction.REOPEN, actor=actor, reason=reason)
    return inspection


def without_position(content: bytes) -> bytes:
    """A JPEG or PNG without its EXIF and other notes (place, device, owner), turned upright; the picture is kept.

    A picture that carries nothing of the kind is given back as it is, byte for byte.
    """
    with Image.open(BytesIO(content)) as picture:
        notes = set(picture.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "gamma"}
        if not (notes - {"icc_profile", "progressive", "progression", "transparency", "srgb"}):
            return content
        kept = {"icc_profile": picture.info.get("icc_profile")}
        upright = ImageOps.exif_transpose(picture)
        clean = Image.new(upright.mode, upright.size)
        clean.paste(upright)
        if upright.mode == "P" and (palette := upright.getpalette()):
            clean.putpalette(palette)
        out = BytesIO()
        if picture.format == "JPEG":
            clean.save(out, "JPEG", quality=90, **kept)
        else:
            clean.save(out, "PNG", **kept)
        return out.getvalue()


# --- taking in --------------------------------------------------------------------------------------------


def _hash(group, site, unit, visited_on, parts, position, planned, photos, findings) -> str:
    return record_hash(
        {
            "group": group.code,
            "site": site.pk if site else None,
            "unit": None if site else unit.code,
            "visited_on": visited_on.isoformat(),
            **parts,
            "position": part([position or {}], "latitude", "longitude", "accuracy"),
            "planned": planned.pk if planned else None,
            "photos": part(photos, "uid", "sha256", "size", "note", "taken_at", "position"),
            "findings": part(findings, "uid", "kind", "severity", "text", "remedy", "due_on"),
            "owners": [row["owner"].code if row.get("owner") else "" for row in findings],
        }
    )


def _the_same(actor, known: Inspection, content_hash: str) -> Inspection:
    """The row that is kept, when this is its record sent again by the one who sent it."""
    if known.recorded_by_id != getattr(actor, "pk", None):
        raise UidTaken(Reason(text=_("This visit cannot be taken in under its number.")))
    if known.content_hash != content_hash:
        raise Conflict(known)
    return known


def _why_too_many(photos, findings) -> Reason | None:
    if len(photos) > MOST_PHOTOS or len(findings) > MOST_FINDINGS:
        return Reason(
            text=_("A visit holds at most %(photos)s photos and %(findings)s findings.")
            % {"photos": MOST_PHOTOS, "findings": MOST_FINDINGS},
            remedy=_("Record the rest as a second visit."),
        )
    return None


def _cycle(group: SupervisionGroup, visited_on: datetime.date) -> Cycle:
    cycle = Cycle.objects.filter(programme=group.programme_id, year=visited_on.year).first()
    if cycle is None:
        raise DomainError(
            Reason(
                text=_("The programme has no scheme for the year %(year)s.") % {"year": visited_on.year},
                remedy=_("Check the date of the visit."),
            )
        )
    return cycle


def _fill_in(inspection: Inspection, parts: Mapping, planned, position) -> None:
    """The year, the visit of the plan and what was written, each checked against the others."""
    inspection.cycle = _cycle(inspection.group, inspection.visited_on)
    checklist = chosen_checklist(inspection.cycle, inspection.site, parts["checklist_code"])
    inspection.planned = _fitting(planned, inspection.group, inspection.site, inspection.unit)
    inspection.checklist, inspection.answers = checklist, checked_answers(checklist, parts["answers"])
    inspection.present, inspection.summary = parts["present"], parts["summary"]
    for name, value in _place(position).items():
        setattr(inspection, name, value)
    inspection.received_at = clock.now()


def _fitting(planned: PlannedVisit | None, group, site, unit) -> PlannedVisit | None:
    """The visit of the plan, when it is one of this group to this place."""
    if planned is None:
        return None
    if (planned.group_id, planned.site_id, planned.unit_id) != (group.pk, site.pk if site else None, unit.pk):
        raise DomainError(Reason(text=_("The visit of the plan is to another place.")))
    return planned


def _place(position: Mapping | None) -> dict:
    """Latitude, longitude and accuracy as fields; nothing where the person added none."""
    if not position:
        return {}
    latitude, longitude = float(position["latitude"]), float(position["longitude"])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise DomainError(Reason(text=_("The position does not lie on the earth.")))
    accuracy = position.get("accuracy")
    return {
        "latitude": f"{latitude:.6f}",
        "longitude": f"{longitude:.6f}",
        "accuracy": None if accuracy is None else min(max(round(float(accuracy)), 0), 1_000_000),
    }


def _is_first(inspection: Inspection) -> bool:
    """Write the record; False when it was sent twice at the same moment, and the other one came first."""
    try:
        with transaction.atomic():
            inspection.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _announce(inspection: Inspection, photos: Iterable[Mapping]) -> None:
    rows = []
    for order, photo in enumerate(photos):
        if not 0 < photo["size"] <= LARGEST_PHOTO:
            raise DomainError(
                Reason(
                    text=_("A photo may have at most %(limit)s MB.") % {"limit": LARGEST_PHOTO // 1024**2},
                    remedy=_("Take it again with a lower resolution."),
                )
            )
        place = _place(photo.get("position"))
        place.pop("accuracy", None)
        rows.append(
            InspectionPhoto(
                inspection=inspection,
                uid=photo["uid"],
                order=order,
                note=(photo.get("note") or "").strip(),
                sha256=photo["sha256"],
                size=photo["size"],
                taken_at=photo.get("taken_at"),
                **place,
            )
        )
    uids = {row.uid for row in rows}
    if len(uids) < len(rows) or InspectionPhoto.objects.filter(uid__in=uids).exists():
        raise UidTaken(Reason(text=_("A photo cannot be taken in under its number.")))
    InspectionPhoto.objects.bulk_create(rows)


def _record_findings(actor, inspection: Inspection, findings: Iterable[Mapping]) -> None:
    """Raises UidTaken when one of them is known already: with another visit, or by itself."""
    if Finding.objects.filter(uid__in=[finding["uid"] for finding in findings]).exists():
        raise UidTaken(Reason(text=_("A finding cannot be taken in under its number.")))
    for finding in findings:
        _record_finding(actor, inspection, finding)


def _record_finding(actor, inspection: Inspection, finding: Mapping) -> None:
    record_finding(
        actor=actor,
        inspection=inspection,
        group=inspection.group,
        cycle=inspection.cycle,
        site=inspection.site,
        unit=inspection.unit,
        area=inspection.area,
        uid=finding["uid"],
        kind=finding["kind"],
        severity=finding["severity"],
        text=finding["text"],
        remedy=finding.get("remedy") or "",
        owner=finding.get("owner") or inspection.area,
        due_on=finding.get("due_on"),
    )


def _keep(photo: InspectionPhoto, content: bytes) -> None:
    """Store a photo's bytes as they are, after a look at what they are."""
    suffix = "png" if content.startswith(b"\x89PNG") else "jpg"
    name = _("Photo %(n)s") % {"n": photo.order + 1} + f".{suffix}"
    checked_content_type(SimpleUploadedFile(name, content), IMAGES)
    with reading_picture(name):
        photo.fingerprint = fingerprint_of(content)
    photo.arrived_at = clock.now()
    photo.file.save(f"{photo.uid}.{suffix}", ContentFile(content), save=False)
    photo.save(update_fields=["fingerprint", "arrived_at", "file"])


def _complete_when_whole(actor, inspection: Inspection) -> None:
    """With the last photo the visit is recorded, the plan follows, and county and group are told, once."""
    if inspection.state != InspectionState.RECEIVING or inspection.photos.filter(arrived_at=None).exists():
        return
    transition(
        obj=inspection,
        action=InspectionAction.COMPLETE,
        actor=actor,
        content_hash=inspection.content_hash,
    )
    planned = inspection.planned
    if planned and planned.state == VisitState.PLANNED:
        transition(obj=planned, action=VisitAction.CARRY_OUT, actor=actor)
    _tell(actor, inspection)


def _tell(actor, inspection: Inspection) -> None:
    members = Membership.objects.on(clock.today()).filter(group=inspection.group)
    group = User.objects.filter(is_active=True, pk__in=members.values("user_id"))
    people = {*users_with_role(Role.UNIT_STAFF, inspection.area), *group} - {actor}
    notify(
        recipients=sorted(people, key=lambda person: person.pk),
        subject=format_lazy(
            gettext_lazy("Visit recorded: {place}, {day}"),
            place=str(inspection.site or inspection.unit),
            day=lazy_day(inspection.visited_on),
        ),
        body=inspection.summary[:500],
        url=reverse("supervision:inspection", args=[inspection.pk]),
    )
