"""Read YAML into a type: every problem at once, each with its line and the way to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from io import StringIO
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase, CommentedMap
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from opmaat.core.errors import Issue, ProtocolError
from opmaat.protocol.finding import Finding, KeyPath
from opmaat.protocol.shape import UNKNOWN_KEY, key_in, shape_findings, shown
from opmaat.protocol.unknown_keys import WRITTEN_BY_HAND
from opmaat.protocol.written_numbers import not_written_as_numbers

T = TypeVar("T")
# Far more than a file that somebody wrote has; each costs a reader time, and some of the stack.
MOST_INSIDE = 50


def _nothing(_: KeyPath) -> KeyPath:
    """Return that the rest of a file cannot be judged without a value."""
    return ()


@dataclass(frozen=True, slots=True)
class FileKind(Generic[T]):
    """A kind of YAML file: what it is called, the name it has in a study's folder, and its type.

    ``spared`` gives, for the place of a wrong value, the key without which the rest can still be checked;
    nothing where there is no judging the rest.
    """

    noun: str
    file_name: str
    adapter: Callable[[], TypeAdapter[T]]
    spared: Callable[[KeyPath], KeyPath] = _nothing

    def find(self, path: Path) -> Path:
        """Return the file in a study's folder, or the file itself."""
        return path / self.file_name if path.is_dir() else path


def file_kind(
    noun: str,
    file_name: str,
    content: type[T],
    *,
    spared: Callable[[KeyPath], KeyPath] = _nothing,
) -> FileKind[T]:
    """Return a kind of file by the type of its content; the type is looked into when a file is first read."""
    return FileKind(noun, file_name, cache(lambda: TypeAdapter(content)), spared)


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
    text = _read(file, kind)
    try:
        return _examined(text, file, kind, check)
    except RecursionError:  # a list that is inside itself has no end
        raise ProtocolError([_too_deep(str(file))]) from None


def _too_deep(where: str) -> Issue:
    """Say that a file has too many lists or keys inside each other."""
    problem = "The file has too many lists or keys inside each other."
    return Issue("too-deep", where, problem, "Take out the innermost.")


def _examined(
    text: str, file: Path, kind: FileKind[T], check: Callable[[T], Iterable[Finding]]
) -> tuple[T | None, list[Issue]]:
    """Return the value of a file's text, and everything that was found in it."""
    tree = _parse(text, file, kind)
    shape = _validated(tree, kind)
    value, findings = shape
    taken_out: list[KeyPath] = []
    if value is None:
        places = (item.path if item.code == UNKNOWN_KEY else kind.spared(item.path) for item in findings)
        taken_out = [*dict.fromkeys(place for place in places if place)]
        pruned = _validated(_without(tree, taken_out), kind)
        value = pruned[0]
    if value is not None:
        found = [*not_written_as_numbers(tree, value), *check(value)]
        findings += [item for item in found if item.path not in taken_out]
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


class _NoSuchValueError(ConstructorError):
    """A value that is written as a day or a number, and is none."""


class _TooDeepError(MarkedYAMLError):
    """More lists or keys inside each other than a file may have."""


class _Composer(Composer):
    """Makes the tree, and stops where it gets too deep, before the rest is read."""

    def __init__(self, loader: Any = None) -> None:  # noqa: ANN401
        super().__init__(loader=loader)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401
        """Return a node with all that it holds; raises _TooDeepError at its line."""
        if self._depth > MOST_INSIDE:
            raise _TooDeepError(problem_mark=self.parser.peek_event().start_mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


class _Constructor(RoundTripConstructor):
    """Makes values, and knows the line of one that cannot be made."""

    def construct_non_recursive_object(self, node: Any, tag: Any = None) -> Any:  # noqa: ANN401
        """Return the value of a node; raises _NoSuchValueError at its line when there is no such value."""
        try:
            return super().construct_non_recursive_object(node, tag)
        except ValueError:
            what = "a day of the calendar" if node.tag.endswith("timestamp") else "a number that can be used"
            problem = f"'{shown(node.value)}' is not {what}."
            raise _NoSuchValueError(problem=problem, problem_mark=node.start_mark) from None


def _yaml() -> YAML:
    """Return a reader of YAML that keeps the lines."""
    yaml = YAML()
    yaml.Composer = _Composer
    yaml.Constructor = _Constructor
    return yaml


@lru_cache(maxsize=32)
def _tree(text: str) -> object:
    """Return the tree of a text. Those who ask again get the same tree, so it is never changed."""
    return _yaml().load(StringIO(text))


def _parse(text: str, file: Path, kind: FileKind[T]) -> CommentedMap:
    """Return the YAML tree, which remembers the line of every key."""
    try:
        tree = _tree(text)
    except _NoSuchValueError as error:
        place = f"{file}:{error.problem_mark.line + 1}"
        raise ProtocolError(
            [Issue("wrong-value", place, str(error.problem), "Correct it, or write it in quotes as a text.")]
        ) from None
    except _TooDeepError as error:
        raise ProtocolError([_too_deep(f"{file}:{error.problem_mark.line + 1}")]) from None
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


def _validated(tree: Any, kind: FileKind[T]) -> tuple[T | None, list[Finding]]:  # noqa: ANN401
    """Return the value of a tree that has the right shape, or what is wrong with the shape."""
    try:
        return kind.adapter().validate_python(tree, context={WRITTEN_BY_HAND: True}), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
        return None, shape_findings(errors, tree, noun=kind.noun, schema=lambda: _schema(kind.adapter))


@cache
def _schema(adapter: Callable[[], TypeAdapter[Any]]) -> dict[str, Any]:
    """Return the schema of a kind of file, for all its unknown keys."""
    return adapter().json_schema()


def _without(tree: CommentedMap, paths: Sequence[KeyPath]) -> Any:  # noqa: ANN401
    """Return the values of a tree less some of its keys, so that the rest can be checked in the same run."""
    pruned = _copied(tree, {})
    for *parents, key in sorted(paths, key=len, reverse=True):
        node = pruned
        for part in parents:
            node = node[part]
        node.pop(key, None)
    return pruned


def _copied(node: Any, done: dict[int, Any]) -> Any:  # noqa: ANN401
    """Return a value with new mappings and lists, one for each, however often it stands in the value.

    Without the lines, whose copy would take a time that grows with the square of a list.
    """
    if id(node) not in done and isinstance(node, CommentedMap):
        done[id(node)] = {}
        done[id(node)].update((key, _copied(value, done)) for key, value in node.items())
    elif id(node) not in done and isinstance(node, list):
        done[id(node)] = []
        done[id(node)].extend(_copied(value, done) for value in node)
    return done.get(id(node), node)


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
            if not isinstance(node, CommentedBase) or key_in(node, part) is None:
                break
            line, node = _line_in(node, part) or line, node[part]
        return line


def _line_in(node: CommentedBase, part: str | int) -> int | None:
    """Return the line of a key or item; None for a key that came with '<<' from another place."""
    if isinstance(node, CommentedMap):
        return int(node.lc.key(part)[0]) + 1 if part in node.lc.data else None
    return int(node.lc.item(part)[0]) + 1
