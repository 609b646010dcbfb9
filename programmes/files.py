"""Programme files: read the YAML, hold it against schema.json and the cross-checks, refuse a bad one."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker

from accounts.errors import DomainError, Reason
from accounts.words import lazy_list
from programmes.checks import contradictions

SCHEMA = Path(__file__).with_name("schema.json")

#: Where something stands in a file: keys and list positions from the top down.
Place = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a file: the line it stands in (from 1) and the reason in words."""

    line: int
    text: str

    def __str__(self) -> str:
        return _("line %(line)s: %(text)s") % {"line": self.line, "text": self.text}


class ProgrammeFileError(DomainError):
    """The file is refused whole; `problems` holds everything found, in the order of the lines."""

    def __init__(self, path, problems):
        self.problems = sorted(set(problems))
        listed = "\n".join(str(problem) for problem in self.problems)
        super().__init__(
            Reason(text=_("%(file)s was not loaded.") % {"file": Path(path).name} + f"\n{listed}")
        )


@dataclass(frozen=True)
class ProgrammeFile:
    """A checked programme file. `data` has the shape of schema.json; days are texts, fractions Decimals."""

    path: Path
    data: dict


def read(path) -> ProgrammeFile:
    """Read and check a programme file.

    Returns it when nothing at all is wrong with it. Raises ProgrammeFileError, listing every problem of the
    first stage that found any: reading (YAML, doubled keys), shape (schema.json), sense (programmes.checks).
    """
    path = Path(path)
    tree = _Tree(path, _compose(path))
    tree.demand()
    for error in _validator().iter_errors(tree.data):
        for place, text in _in_words(error):
            tree.complain(place, text)
    tree.demand()
    for place, text in contradictions(tree.data):
        tree.complain(place, text)
    tree.demand()
    return ProgrammeFile(path=path, data=tree.data)


# --- YAML with line numbers -------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """YAML without its surprises: no anchors, no days, no “no” that means false."""

    yaml_implicit_resolvers = {}

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(
                problem=_("write it out: references (*) are not read"), problem_mark=mark
            )
        return super().compose_node(parent, index)


for _tag, _pattern, _first in (
    ("null", r"^(null|~|)$", ["n", "~", ""]),
    ("bool", r"^(true|false)$", ["t", "f"]),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?[0-9]+\.[0-9]+$", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)

_SCALARS = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": Decimal,
    "tag:yaml.org,2002:bool": lambda text: text == "true",
    "tag:yaml.org,2002:null": lambda text: None,
}


def _compose(path: Path) -> yaml.Node:
    """The file as YAML nodes, which know their lines. Raises ProgrammeFileError for what is no YAML."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ProgrammeFileError(path, [Problem(line, error.problem or str(error))]) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ProgrammeFileError(path, [Problem(1, str(error))]) from error
    if node is None:
        raise ProgrammeFileError(path, [Problem(1, _("the file is empty"))])
    return node


class _Tree:
    """The plain data of a composed file, the line of each place in it, and the problems found so far."""

    def __init__(self, path: Path, node: yaml.Node):
        self.path = path
        self.lines: dict[Place, int] = {(): 1}
        self.problems: list[Problem] = []
        self.data = self._plain(node, ())

    def complain(self, place: Place, text: str) -> None:
        """Note a problem at the line of a place, or of the nearest one above that the file has."""
        while place not in self.lines:
            place = place[:-1]
        self.problems.append(Problem(self.lines[place], text))

    def demand(self) -> None:
        if self.problems:
            raise ProgrammeFileError(self.path, self.problems)

    def _plain(self, node: yaml.Node, place: Place):
        # A value may begin a line below its key; people look for the key.
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(child, (*place, number)) for number, child in enumerate(node.value)]
        if node.tag not in _SCALARS:
            self.complain(place, _("unknown kind of value: %(tag)s") % {"tag": node.tag})
            return None
        return _SCALARS[node.tag](node.value)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict:
        found = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in found:
                text = _("“%(key)s” stands here a second time; the first is in line %(line)s")
                self.problems.append(Problem(line, text % {"key": key, "line": self.lines[(*place, key)]}))
                continue
            self.lines[(*place, key)] = line
            found[key] = self._plain(value_node, (*place, key))
        return found


# --- the schema's findings, in words ----------------------------------------------------------------------


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


def _in_words(error) -> list[tuple[Place, str]]:
    """What the schema found, as (place, reason) pairs."""
    place = tuple(error.absolute_path)
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return [(place, _("“%(key)s” is missing") % {"key": key}) for key in missing]
    if error.validator == "additionalProperties":
        unknown = [key for key in error.instance if key not in error.schema.get("properties", {})]
        return [((*place, key), _("“%(key)s” is not known here") % {"key": key}) for key in unknown]
    text = _("%(key)s: %(reason)s") % {"key": _name(place), "reason": _reason(error)}
    return [(place, text)]


def _name(place: Place) -> str:
    """The nearest key above a place, as people call it."""
    return next((part for part in reversed(place) if isinstance(part, str)), "")


def _reason(error) -> str:
    limit = error.validator_value
    values = {
        "value": _shown(error.instance),
        "limit": lazy_list(limit) if isinstance(limit, list) else limit,
        "kind": _kind(limit),
    }
    if error.validator == "pattern" and limit == r"\S":
        return _("must not be empty")
    words = {
        "type": _("must be %(kind)s"),
        "enum": _("“%(value)s” is none of: %(limit)s"),
        "format": _("“%(value)s” is not a day of the calendar"),
        "pattern": _("“%(value)s” is not written as it must be"),
        "maxLength": _("has more than %(limit)s characters"),
        "minItems": _("has fewer than %(limit)s entries"),
        "uniqueItems": _("names something twice"),
        "minimum": _("%(value)s is less than %(limit)s"),
        "exclusiveMinimum": _("%(value)s is not more than %(limit)s"),
        "maximum": _("%(value)s is more than %(limit)s"),
    }
    return words[error.validator] % values if error.validator in words else error.message


def _kind(kind) -> str:
    kinds = {
        "object": _("a group of keys"),
        "array": _("a list"),
        "string": _("a text"),
        "integer": _("a whole number"),
        "number": _("a number"),
        "boolean": _("true or false"),
    }
    return kinds.get(kind, "") if isinstance(kind, str) else ""


def _shown(value) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
