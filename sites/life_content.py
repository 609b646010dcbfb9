"""What an entry of a ledger says, apart from who wrote it when and what was decided on it."""

import hashlib
import json

from sites.models import Entry

_BASE = {field.name for field in Entry._meta.get_fields()} | {"id"}


def content_fields(model: type[Entry]) -> list[str]:
    """The names of the fields that make up an entry of this ledger."""
    return [field.name for field in model._meta.concrete_fields if field.name not in _BASE]


def content_of(entry: Entry) -> dict:
    """The entry's own values by field name."""
    return {name: getattr(entry, name) for name in content_fields(type(entry))}


def content_hash(entry: Entry) -> str:
    """SHA-256 (hex) over what the entry says: the log keeps it with every decision."""
    values = {field: entry.serializable_value(field) for field in content_fields(type(entry))}
    return hashlib.sha256(
        json.dumps(values, ensure_ascii=False, sort_keys=True, default=str).encode()
    ).hexdigest()
