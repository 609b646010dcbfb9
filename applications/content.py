"""What an application says: one canonical dictionary, its hash (printed on the paper) and the difference of two."""

import hashlib
import json

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.names import in_language
from applications.enums import EDITABLE_STATES, AttachmentKind
from applications.models import Application
from sites.enums import IN_FORCE_STATES


def content_of(application: Application) -> dict:
    """Everything the form states and shows, as plain data: particulars, typed fields, plaques held, attachments."""
    site = application.site
    return {
        "number": application.number,
        "cycle": application.cycle.year,
        "level": application.level.name,
        "site": {
            "name": site.name,
            "category": site.category.name,
            "area": site.area.name,
            "unit": site.unit.name,
            "address": site.address,
            "person_in_charge": site.person_in_charge,
            "contact": site.contact,
            "phone": site.phone,
        },
        "figures": _figures(application),
        "plaques": [
            [plaque.level.name, plaque.number, plaque.awarded_on.isoformat()]
            for plaque in site.plaques.filter(
                # What the ladder asks for: the plaque applied for would otherwise change its own application.
                state__in=IN_FORCE_STATES,
                level__rank__lt=application.level.rank,
            )
            .select_related("level")
            .order_by("level__rank")
        ],
        "fields": {
            field["code"]: application.data.get(field["code"], "") for field in form_fields(application)
        },
        "attachments": [
            [attachment.kind, attachment.name, attachment.sha256]
            for attachment in application.attachments.present().exclude(kind=AttachmentKind.STAMPED)
        ],
    }


def standing_content(application: Application) -> dict:
    """What an application stands for: its present content while it may be changed, later the version filed."""
    filed = application.versions.filed().order_by("-number").first()
    if filed is None or application.state in EDITABLE_STATES:
        return content_of(application)
    return filed.content


def content_hash(content: dict) -> str:
    """SHA-256 (hex) of a content dictionary in canonical form."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def form_fields(application: Application) -> list[dict]:
    """The fields of the cycle's form in order (see programmes/schema.json for their keys)."""
    return [field for section in application.cycle.form.get("sections", []) for field in section["fields"]]


def opinion_boxes(application: Application) -> list[dict]:
    """The boxes for opinion and seal of an application's level, in the order in which they are filled
    (programmes/schema.json, opinion)."""
    return application.cycle.form.get("opinions", {}).get(application.level.code, [])


def sealing_unit(application: Application, box: dict) -> Unit | None:
    """The unit whose seal an opinion box waits for; None when there is none above the programme's owner."""
    owner = application.cycle.programme.owner
    return {"area": application.area, "owner": owner, "above": owner.parent}[box["unit"]]


def difference(before: dict, after: dict, labels: dict[str, str]) -> list[tuple[str, str, str]]:
    """What changed between two contents: (label, before, after) for each value that differs, in the labels' order.

    A database may hand a dictionary back in another order than it was given.
    """
    old, new = _flat(before), _flat(after)
    keys = [*labels, *sorted((old.keys() | new.keys()) - labels.keys())]
    return [
        (labels.get(key, key), old.get(key, ""), new.get(key, ""))
        for key in keys
        if old.get(key) != new.get(key)
    ]


def compared(application: Application, before: dict, after: dict) -> list[tuple[str, str, str]]:
    """What differs between two contents of an application, in the form's words: (label, before, after)."""
    return difference(before, after, field_labels(application))


def field_labels(application: Application) -> dict[str, str]:
    """Labels for the keys of a content dictionary, in the words and in the order of the form."""
    site = {
        "level": _("Level"),
        "site.name": _("Site name"),
        "site.category": _("Category"),
        "site.area": _("County or park"),
        "site.unit": _("Township or street"),
        "site.address": _("Address"),
        "site.person_in_charge": _("Person in charge"),
        "site.contact": _("Contact"),
        "site.phone": _("Telephone"),
    }
    figures = {
        f"figures.{figure['code']}": in_language(figure, "name")
        for figure in application.cycle.programme.figures
    }
    fields = {f"fields.{field['code']}": in_language(field, "label") for field in form_fields(application)}
    return {**site, **figures, "plaques": _("Plaques held"), **fields, "attachments": _("Attachments")}


def _figures(application: Application) -> dict[str, str]:
    """The site's latest counts by the programme's names; "" where none was entered."""
    latest: dict[str, str] = {}
    for figure in application.site.figures.filter(year__lte=application.cycle.year).order_by("year"):
        latest[figure.code] = f"{figure.value.normalize():f}"
    return {figure["code"]: latest.get(figure["code"], "") for figure in application.cycle.programme.figures}


def _flat(content: dict) -> dict[str, str]:
    flat = {}
    for key, value in content.items():
        if isinstance(value, dict):
            flat.update({f"{key}.{inner}": str(text) for inner, text in value.items()})
        elif isinstance(value, list):
            flat[key] = "\n".join(" ".join(part for part in row[:2]) for row in value)
        else:
            flat[key] = str(value)
    return flat
