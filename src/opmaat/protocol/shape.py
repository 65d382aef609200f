"""What the types find wrong with the shape of a file, told in the user's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from json import dumps
from typing import TYPE_CHECKING, Any

from opmaat.core.errors import did_you_mean
from opmaat.protocol.finding import Finding, KeyPath

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

UNKNOWN_KEY = "unknown-key"
_LONGEST_SHOWN = 40
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_KEYS = ("does not hold keys with values", "Write keys with values, such as {a: b}.")
_LIST = ("is not a list", "Write a list, such as [a, b].")
_KINDS = {
    "int": ("is not a whole number", "Write a whole number, such as 12."),
    "float": ("is not a number", "Write a number, with a point before the decimals."),
    "bool": ("is neither true nor false", "Write true or false."),
    "date": ("is not a day", "Write a day, such as 2017-10-01."),
    "string": ("is not a text", "Write a text."),
    "string_unicode": ("holds signs that are no text", "Write the text anew."),
    "tuple": _LIST,
    "list": _LIST,
    "dict": _KEYS,
    "mapping": _KEYS,
    "dataclass": _KEYS,
    "model": _KEYS,
}
_LIST_BRANCH, _WORD_BRANCH = "tuple[", "literal["
_BOUNDS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


def shape_findings(
    errors: Sequence[ErrorDetails], tree: object, *, noun: str, schema: Callable[[], dict[str, Any]]
) -> list[Finding]:
    """Return what the types found, one finding per place, without what only follows from another.

    Parameters
    ----------
    errors
        What pydantic found.
    tree
        The file's content, which says what of a location stands in the file.
    noun
        What the file is called.
    schema
        Gives the JSON schema of the type, in which the known keys stand.

    Examples
    --------
    >>> from pydantic import TypeAdapter, ValidationError
    >>> try:
    ...     TypeAdapter(dict[str, int]).validate_python({"month": "half"})
    ... except ValidationError as error:
    ...     found = shape_findings(error.errors(), {"month": "half"}, noun="protocol", schema=dict)
    >>> print(found[0].problem, found[0].fix)
    'month' is 'half', which is not a whole number. Write a whole number, such as 12.
    """
    found: dict[KeyPath, Finding] = {}
    for error in filter(_is_meant, errors):
        path = tuple(_path_in_file(error, tree))
        found.setdefault(path, _finding(error, path, _name(path, tree, noun), noun=noun, schema=schema))
    return list(found.values())


def key_in(node: object, part: str | int) -> object:
    """Return the key or position of a node that a part of a location names; None when it has none.

    Types name a key that is no text by its text.

    >>> key_in({True: "a"}, "True"), key_in(["a"], 0), key_in(["a"], 1) is None
    (True, 0, True)
    """
    if isinstance(node, Mapping):
        return part if part in node else next((key for key in node if str(key) == str(part)), None)
    is_item = isinstance(node, Sequence) and not isinstance(node, str) and isinstance(part, int)
    return part if is_item and 0 <= part < len(node) else None  # type: ignore[arg-type, operator]


def _is_meant(error: ErrorDetails) -> bool:
    """Tell whether an error is about what was meant: a list or one word, not the other; no mere follow-up."""
    branch = str(error["loc"][-1]) if error["loc"] else ""
    is_list = isinstance(error["input"], list)
    if branch.startswith(_LIST_BRANCH):
        return is_list
    if branch.startswith(_WORD_BRANCH):
        return not is_list
    shortest = error.get("ctx", {}).get("min_length", 0)
    return not (error["type"] == "too_short" and is_list and len(error["input"]) >= shortest)


def _path_in_file(error: ErrorDetails, tree: object) -> Iterator[str | int]:
    """Yield the parts of a location that stand in the file, and a key that is missing there."""
    node: Any = tree
    for position, part in enumerate(error["loc"]):
        key = key_in(node, part)
        if key is not None:
            node = node[key]
            yield key  # type: ignore[misc]
        elif position == len(error["loc"]) - 1 and error["type"].startswith("missing"):
            yield part


def _finding(
    error: ErrorDetails, path: KeyPath, name: str, *, noun: str, schema: Callable[[], dict[str, Any]]
) -> Finding:
    """Say one error of the types in the user's words."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing" | "missing_argument" | "missing_keyword_only_argument":
            return Finding(path, "missing-key", f"The key {name} is missing.", f"Add {name}.")
        case "unexpected_keyword_argument" | "extra_forbidden":
            fix = did_you_mean(str(path[-1]), _keys_at(error["loc"][:-1], schema()))
            return Finding(path, UNKNOWN_KEY, f"{name} is not a key here.", fix)
        case "union_tag_not_found":
            tag = str(context["discriminator"]).strip("'")
            return Finding(path, "missing-key", f"{_capital(name)} does not say its {tag}.", f"Add '{tag}'.")
        case "union_tag_invalid":
            known = [kind.strip(" '") for kind in str(context["expected_tags"]).split(",")]
            tag, where = str(context["tag"]), (*path, str(context["discriminator"]).strip("'"))
            problem = f"'{shown(tag)}' is not one of the kinds."
            return Finding(where, "unknown-value", problem, did_you_mean(tag, known))
        case "literal_error":
            problem = f"'{shown(error['input'])}' is not a value that {name} can have."
            lists = "a list, such as [a, b], or " if str(error["loc"][-1]).startswith(_WORD_BRANCH) else ""
            return Finding(path, "unknown-value", problem, f"Use {lists}{context['expected']}.")
        case "invalid_key":
            problem = f"The key '{shown(error['input'])}' is not a text."
            return Finding(path, "wrong-value", problem, "Correct it, or leave it out.")
        case "string_type" if error["loc"][-1:] == ("[key]",):
            written = shown(error["input"])
            problem = f"The key '{written}' is not a text."
            return Finding(path, "wrong-value", problem, f"Write it in quotes: '{written}'.")
        case _:
            problem, fix = _wrong_value(error, noun)
            return Finding(path, "wrong-value", f"{_capital(name)} {problem}.", fix)


def _wrong_value(error: ErrorDetails, noun: str) -> tuple[str, str]:
    """Say what is wrong with a value, after its name, and what to do about it."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if value is None:
        return "has no value", "Fill it in, or leave out the key."
    if kind in ("string_too_short", "predicate_failed") or context.get("actual_length") == 0:
        return "is empty", "Fill it in."
    if kind in ("too_short", "too_long"):
        return _wrong_length(context)
    bound = next((key for key in _BOUNDS if key in context), None)
    if bound is not None:
        limit = f"{_BOUNDS[bound]} {context[bound]:g}"
        fix = _as_part(value) if context[bound] == 1 else None
        return f"is {shown(value)}, and must be {limit}", fix or f"Use a number that is {limit}."
    if context.get("class_name") == "Text":
        return "is not in two languages", "Write {nl: in Dutch, en: in English}."
    words = _KINDS.get(kind) or _KINDS.get(kind.split("_")[0])
    if words is None:
        message = f"{error['msg'][0].lower()}{error['msg'][1:]}"
        return f"does not fit: {message}", f"Change it, or look it up in the schema of the {noun}."
    return f"is {_called(value)}, which {words[0]}", _fix(kind, value) or words[1]


def _fix(kind: str, value: object) -> str | None:
    """Return a better fix than that of the kind of value, where what was written allows one."""
    if kind.startswith("string") and isinstance(value, bool | int | float):
        return f"Write it in quotes: '{shown(value)}'."
    return _as_part(value) if kind.startswith("float") else None


def _wrong_length(context: Mapping[str, Any]) -> tuple[str, str]:
    """Say that a list is too short or too long."""
    if "min_length" in context:
        return f"has fewer than {context['min_length']} items", "Add what is missing."
    return f"has more than {context['max_length']} items", "Leave out what does not belong."


def _as_part(value: object) -> str | None:
    """Return how to write a percentage as a part of one; None when the value is not a percentage."""
    text = str(value).removesuffix("%").strip()
    if isinstance(value, bool) or not text.replace(".", "", 1).isdecimal() or not 1 < float(text) <= 100:
        return None
    return f"Write {float(text) / 100:g} for {text}%."


def _name(path: KeyPath, tree: object, noun: str) -> str:
    """Name a place: the key in quotes, or which item of the list it is."""
    if not path:
        return f"the {noun}"
    parent: Any = tree
    for part in path[:-1]:
        parent = parent[part]
    last, owner = path[-1], shown(path[-2]) if len(path) > 1 else ""
    if not isinstance(parent, list) or not isinstance(last, int):
        return f"'{shown(last)}'"
    return f"the {_ORDINALS[last]} of '{owner}'" if last < len(_ORDINALS) else f"'{owner}[{last}]'"


def _called(value: object) -> str:
    """Return what a value is called where it is not what it should be."""
    if isinstance(value, list):
        return "a list"
    return "a set of keys" if isinstance(value, Mapping) else f"'{shown(value)}'"


def _capital(text: str) -> str:
    """Begin with a capital."""
    return text[0].upper() + text[1:]


def shown(value: object) -> str:
    """Return a value as short text, for a message.

    >>> shown("12"), shown(None), shown(True), len(shown("9" * 5000))
    ('12', 'null', 'true', 43)
    """
    is_word = value is None or isinstance(value, bool)
    signs = (sign if sign.isprintable() else " " for sign in (dumps(value) if is_word else str(value)))
    text = " ".join("".join(signs).split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _keys_at(location: Sequence[str | int], definitions: dict[str, Any]) -> list[str]:
    """Return the keys that the types know at a location."""
    node: Any = definitions
    for part in location:
        node = _step(_resolved(node, definitions), part, definitions)
    return list(_resolved(node, definitions).get("properties", {}))


def _step(node: Any, part: str | int, definitions: Any) -> Any:  # noqa: ANN401
    """Go down one part of a location in the schema; an alternative's name selects the alternative."""
    if isinstance(part, int):
        return node.get("items", {})
    if part in node.get("properties", {}):
        return node["properties"][part]
    if "discriminator" in node and part in node["discriminator"]["mapping"]:
        return {"$ref": node["discriminator"]["mapping"][part]}
    extra = node.get("additionalProperties")
    if isinstance(extra, Mapping):
        return extra
    return _resolved(node, definitions)


def _resolved(node: Any, definitions: Any) -> Any:  # noqa: ANN401
    """Follow a reference, and the one alternative that is not null."""
    if "$ref" in node:
        return _resolved(definitions["$defs"][node["$ref"].rsplit("/", 1)[1]], definitions)
    filled = [option for option in node.get("anyOf", []) if option.get("type") != "null"]
    return _resolved(filled[0], definitions) if len(filled) == 1 else node
