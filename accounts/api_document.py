"""The OpenAPI document in the language of whoever reads it, and what the page about it shows."""

from dataclasses import dataclass

from django.utils.translation import gettext

_TRANSLATED = ("summary", "description")


@dataclass(frozen=True)
class Item:
    """A parameter of an operation or a field of its answer."""

    name: str
    kind: str
    text: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    path: str
    summary: str
    description: str
    parameters: list[Item]
    fields: list[Item]
    statuses: list[str]


def translated(node):
    """A copy of the document, or of a part of it, with its texts in the active language."""
    if isinstance(node, list):
        return [translated(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: gettext(value) if key in _TRANSLATED and isinstance(value, str) and value else translated(value)
        for key, value in node.items()
    }


def operations(document: dict) -> list[Operation]:
    """The operations of a document in its order, each with the fields of the rows it answers."""
    schemas = document["components"]["schemas"]
    return [
        _operation(path, operation, schemas)
        for path, methods in document["paths"].items()
        for operation in methods.values()
    ]


def _operation(path: str, operation: dict, schemas: dict) -> Operation:
    answer = operation["responses"][200]["content"]["application/json"]["schema"]
    return Operation(
        path=path,
        summary=operation["summary"],
        description=operation["description"],
        parameters=[_parameter(one, schemas) for one in operation.get("parameters", [])],
        fields=_fields(_schema(answer, schemas), schemas),
        statuses=[str(status) for status in sorted(operation["responses"])],
    )


def _parameter(parameter: dict, schemas: dict) -> Item:
    schema = _schema(parameter["schema"], schemas)
    text = parameter.get("description") or parameter["schema"].get("description", "")
    return Item(parameter["name"], _kind(parameter["schema"], schemas), text, tuple(schema.get("enum", ())))


def _fields(schema: dict, schemas: dict) -> list[Item]:
    """The fields of an answer; of a page those of its rows."""
    properties = schema["properties"]
    if "items" in properties:
        return _fields(_schema(properties["items"]["items"], schemas), schemas)
    return [
        Item(
            name,
            _kind(one, schemas),
            one.get("description", ""),
            tuple(_schema(one, schemas).get("enum", ())),
        )
        for name, one in properties.items()
    ]


def _schema(node: dict, schemas: dict) -> dict:
    """What a schema says, behind references and unions with null."""
    if "$ref" in node:
        return schemas[node["$ref"].rpartition("/")[2]]
    for part in (*node.get("allOf", ()), *node.get("anyOf", ())):
        if part.get("type") != "null":
            return _schema(part, schemas)
    return node


def _kind(node: dict, schemas: dict) -> str:
    schema = _schema(node, schemas)
    if schema.get("type") == "array":
        return f"[{_kind(schema['items'], schemas)}]"
    if "properties" in schema:
        return "{" + ", ".join(schema["properties"]) + "}"
    kind = schema.get("format") or schema.get("type", "")
    return f"{kind} | null" if any(part.get("type") == "null" for part in node.get("anyOf", ())) else kind
