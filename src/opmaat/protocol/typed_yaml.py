"""Read YAML into a type: every problem at once, each with its line and the way to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase, CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from opmaat.core.errors import Issue, ProtocolError, did_you_mean
from opmaat.protocol.finding import Finding

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

T = TypeVar("T")
UNKNOWN_KEY = "unknown-key"


@dataclass(frozen=True, slots=True)
class FileKind(Generic[T]):
    """A kind of YAML file: what it is called, the name it has in a study's folder, and its type."""

    noun: str
    file_name: str
    adapter: Callable[[], TypeAdapter[T]]

    def find(self, path: Path) -> Path:
        """Return the file in a study's folder, or the file itself."""
        return path / self.file_name if path.is_dir() else path


def read_typed(path: Path, kind: FileKind[T], check: Callable[[T], Iterable[Finding]]) -> T:
    """Read a YAML file into its type, and check what the type cannot say.

    Parameters
    ----------
    path
        The file, or the study's folder that has it.
    kind
        What the file should hold.
    check
        Yields what does not fit together in a value that has the right shape.

    Raises
    ------
    ProtocolError
        With one issue per problem, in the order of the file.
    """
    found = read_with_issues(path, kind, check)
    value, issues = found
    if value is None or issues:
        raise ProtocolError(issues)
    return value


def read_with_issues(
    path: Path, kind: FileKind[T], check: Callable[[T], Iterable[Finding]]
) -> tuple[T | None, list[Issue]]:
    """Read a YAML file as :func:`read_typed` does, and return what was found instead of raising it.

    Without the unknown keys, which are among the issues, the value is None only when the rest has not the
    right shape. Raises ProtocolError when there is no YAML to read.
    """
    file = kind.find(path)
    tree = _parse(_read(file, kind), file, kind)
    shape = _validated(tree, kind)
    value, findings = shape
    if value is None:
        unknown = [item.path for item in findings if item.code == UNKNOWN_KEY]
        value = _validated(_without(tree, unknown), kind)[0]
    if value is not None:
        findings += list(check(value))
    return value, _Lines(tree, str(file)).issues(findings)


def _read(file: Path, kind: FileKind[T]) -> str:
    """Return the file's text, or say why it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise ProtocolError(
            [Issue("not-utf-8", f"{file}:{line}", "The file is not written in UTF-8.", "Save it as UTF-8.")]
        ) from None
    except OSError as error:
        problem = f"The {kind.noun} cannot be read ({(error.strerror or 'unknown reason').lower()})."
        fix = f"Give a {kind.noun} file, or a folder that has a {kind.file_name}."
        raise ProtocolError([Issue("unreadable", str(file), problem, fix)]) from None


def _parse(text: str, file: Path, kind: FileKind[T]) -> CommentedMap:
    """Return the YAML tree, which remembers the line of every key."""
    try:
        tree = YAML().load(StringIO(text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        code = "duplicate-key" if "duplicate key" in str(error.problem) else "not-yaml"
        problem = f"The file is not correct YAML: {str(error.problem).splitlines()[0]}."
        raise ProtocolError(
            [Issue(code, f"{file}:{line}", problem, "Mend the line, or the one above it.")]
        ) from None
    except YAMLError as error:
        problem = f"The file is not correct YAML: {str(error).splitlines()[0]}."
        raise ProtocolError([Issue("not-yaml", str(file), problem, "Mend the file.")]) from None
    if not isinstance(tree, CommentedMap):
        problem = f"The file does not hold a {kind.noun}, which is a list of keys and values."
        raise ProtocolError([Issue(f"not-a-{kind.noun}", str(file), problem, "Start with 'version: 1'.")])
    return tree


def _validated(tree: CommentedMap, kind: FileKind[T]) -> tuple[T | None, list[Finding]]:
    """Return the value of a tree that has the right shape, or what is wrong with the shape."""
    try:
        return kind.adapter().validate_python(tree), []
    except ValidationError as error:
        return None, _findings(error.errors(include_url=False), tree, kind)


def _without(tree: CommentedMap, paths: Sequence[tuple[str | int, ...]]) -> CommentedMap:
    """Return a tree less the keys that are unknown, so that the rest can be checked in the same run."""
    pruned = deepcopy(tree)
    for *parents, key in paths:
        node: Any = pruned
        for part in parents:
            node = node[part]
        node.pop(key, None)
    return pruned


class _Lines:
    """Finds the line of a path such as ('arms', 'control', 'share') in the file."""

    def __init__(self, tree: CommentedMap, file: str) -> None:
        self._tree = tree
        self._file = file

    def issues(self, findings: Sequence[Finding]) -> list[Issue]:
        """Return the findings as issues in the order of the file."""
        placed = [(self._line(finding.path), finding) for finding in findings]
        placed.sort(key=lambda pair: pair[0])
        return [
            Issue(finding.code, f"{self._file}:{line}", finding.problem, finding.fix)
            for line, finding in placed
        ]

    def _line(self, path: Sequence[str | int]) -> int:
        """Return the line of the deepest part of the path that the file has."""
        line, node = 1, self._tree
        for part in path:
            if not isinstance(node, CommentedBase) or not _has(node, part):
                break
            position = node.lc.key(part) if isinstance(node, CommentedMap) else node.lc.item(part)
            line, node = position[0] + 1, node[part]
        return int(line)


def _has(node: Any, part: str | int) -> bool:  # noqa: ANN401
    """Tell whether a YAML node has this key or position."""
    if isinstance(node, Mapping):
        return part in node
    return isinstance(node, Sequence) and isinstance(part, int) and 0 <= part < len(node)


def _findings(errors: Sequence[ErrorDetails], tree: CommentedMap, kind: FileKind[T]) -> list[Finding]:
    """Return what the types found, in words, without what only follows from a wrong alternative."""
    found: list[Finding] = []
    for error in errors:
        path = tuple(_path_in_file(error["loc"], tree))
        if not any(other.path == path for other in found):
            found.append(_finding(error, path, kind))
    return found


def _path_in_file(location: Sequence[str | int], tree: Any) -> Iterator[str | int]:  # noqa: ANN401
    """Yield the parts of a location that stand in the file; the names of alternatives do not."""
    node = tree
    for position, part in enumerate(location):
        if _has(node, part):
            node = node[part]
            yield part
        elif position == len(location) - 1 and isinstance(part, str) and "[" not in part:
            yield part


def _finding(error: ErrorDetails, path: tuple[str | int, ...], kind: FileKind[T]) -> Finding:
    """Say one error of the types in the user's words."""
    context = error.get("ctx", {})
    key = path[-1] if path else kind.noun
    match error["type"]:
        case "missing" | "missing_argument" | "missing_keyword_only_argument":
            return Finding(path, "missing-key", f"The key '{key}' is missing.", f"Add '{key}'.")
        case "unexpected_keyword_argument" | "extra_forbidden":
            return Finding(
                path, UNKNOWN_KEY, f"'{key}' is not a key here.", _nearest_key(error, str(key), kind)
            )
        case "union_tag_not_found":
            tag = str(context["discriminator"]).strip("'")
            return Finding(path, "missing-key", f"'{key}' does not say its {tag}.", f"Add '{tag}'.")
        case "union_tag_invalid":
            known = [name.strip(" '") for name in str(context["expected_tags"]).split(",")]
            tag = str(context["tag"])
            where = (*path, str(context["discriminator"]).strip("'"))
            return Finding(
                where, "unknown-value", f"'{tag}' is not one of the kinds.", did_you_mean(tag, known)
            )
        case "literal_error":
            problem = f"'{error['input']}' is not a value that '{key}' can have."
            return Finding(path, "unknown-value", problem, f"Use {context['expected']}.")
        case _:
            problem = f"The value of '{key}' does not fit: {error['msg'][0].lower()}{error['msg'][1:]}."
            return Finding(
                path, "wrong-value", problem, f"Change it, or look it up in the schema of the {kind.noun}."
            )


def _nearest_key(error: ErrorDetails, key: str, kind: FileKind[T]) -> str:
    """Suggest the nearest key that is known at the place of an unknown one."""
    return did_you_mean(key, _keys_at(error["loc"][:-1], kind))


def _keys_at(location: Sequence[str | int], kind: FileKind[T]) -> list[str]:
    """Return the keys that the types know at a location."""
    definitions = kind.adapter().json_schema()
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
