"""Items from an XLSForm: what a questionnaire here can hold; the rest is told as issues.

The standard stands at https://xlsform.org. Groups are taken apart: their rule is that of each of their
questions, and their label becomes a note. A select_one of consecutive whole numbers is a rating.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from opmaat.core.errors import Issue, ProtocolError
from opmaat.core.texts import LANGUAGES, Text
from opmaat.formats.xlsform import Form, FormRow, read_form
from opmaat.survey.check import check_items
from opmaat.survey.items import AskWhen, Choice, Item, Note, Number, OpenText, Rating, SeveralChoices

_TEXT_COLUMN = re.compile(r"(label|hint)::(?:[^()]*\()?(nl|en)\)?\s*")
_KNOWN = {"type", "name", "relevant", "constraint", "parameters", "list_name", "list name"}
# What only changes how a form looks, or checks what the rules here check already.
_LOOKS = {"appearance", "constraint_message", "required_message", "required"}
_BOUNDS = re.compile(r"\.\s*>=\s*(-?\d+(?:\.\d+)?)\s+and\s+\.\s*<=\s*(-?\d+(?:\.\d+)?)")
_COMPARISON = re.compile(
    r"\$\{(?P<item>\w+)\}\s*=\s*'?(?P<answer>[^'\s]+)'?"
    r"|selected\(\s*\$\{(?P<selected>\w+)\}\s*,\s*'(?P<choice>[^']+)'\s*\)"
)
_RECORDED_ANYWAY = {"start", "end", "today"}
# Stands for the text of a choice that lacks one: that is an issue, so no questionnaire comes out.
_TOLD_ALREADY = Text("?", "?")
# Told only when every row became an item: otherwise it may be no more than what follows from a lost one.
_MAY_FOLLOW = {"unknown-item", "incomplete-scale"}


@dataclass
class _Reading:
    """What has been read so far; ``lost`` when a row that asks something could not become an item."""

    lists: Mapping[str, Mapping[str, Text]]
    items: dict[str, Item] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    groups: list[tuple[FormRow, tuple[AskWhen, ...]]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    lost: bool = False

    def tell(self, row: FormRow, code: str, problem: str, fix: str) -> None:
        """Keep an issue at a row."""
        self.issues.append(Issue(code, row.where, problem, fix))


def items_from_form(path: Path) -> dict[str, Item]:
    """Read the items of an XLSForm.

    Raises
    ------
    DataFileError
        When the file is not a whole XLSForm.
    ProtocolError
        With one issue per problem: what is not supported, texts that lack a language, rules about nothing.
    """
    form = read_form(path)
    reading = _Reading(lists={})
    reading.lists = _choice_lists(form, reading)
    for row in form.survey:
        _read_row(row, reading)
    for row, _ in reading.groups:
        reading.tell(row, "group-not-closed", "A group begins that does not end.", "Add 'end_group'.")
    if not reading.items and not reading.issues:
        reading.issues.append(Issue("no-items", path.name, "The form asks nothing.", "Add questions."))
    for finding in check_items(reading.items):
        where = reading.places[str(finding.path[0])]
        if not (reading.lost and finding.code in _MAY_FOLLOW):
            reading.issues.append(Issue(finding.code, where, finding.problem, finding.fix))
    if reading.issues:
        raise ProtocolError(reading.issues)
    return reading.items


def _choice_lists(form: Form, reading: _Reading) -> dict[str, dict[str, Text]]:
    """Return the choices of every list, in order."""
    lists: dict[str, dict[str, Text]] = {}
    for row in form.choices:
        name = row.cells.get("list_name", row.cells.get("list name", ""))
        answer = row.cells.get("name", "")
        text = _text(row, "label", reading)
        if not name or not answer:
            reading.tell(row, "choice-without-name", "The choice has no list_name or no name.", "Add it.")
        elif answer in lists.setdefault(name, {}):
            reading.tell(row, "choice-twice", f"'{answer}' stands twice in '{name}'.", "Rename one.")
        else:
            lists[name][answer] = text or _TOLD_ALREADY
    return lists


def _read_row(row: FormRow, reading: _Reading) -> None:
    """Read one row of the sheet 'survey'."""
    kind, _, argument = row.cells.get("type", "").partition(" ")
    whole = f"{kind} {argument}".replace("_", " ").strip()
    if kind in _RECORDED_ANYWAY:
        return
    _tell_unsupported_cells(row, reading)
    if whole == "begin group":
        reading.groups.append((row, _rules(row, reading)))
        if any(_TEXT_COLUMN.fullmatch(head) for head in row.cells):
            _keep(row, reading, kind="note", argument="")
    elif whole == "end group":
        if not reading.groups:
            reading.tell(row, "group-not-open", "A group ends that did not begin.", "Add 'begin_group'.")
        else:
            reading.groups.pop()
    else:
        _keep(row, reading, kind=kind, argument=argument.strip())


def _tell_unsupported_cells(row: FormRow, reading: _Reading) -> None:
    """Tell every filled column that would change what is asked and is not understood here."""
    for head, cell in row.cells.items():
        if head == "required" and cell.lower() not in {"no", "false", "false()", "0"}:
            problem = "An answer is required here, and participants may leave out any question."
            reading.tell(row, "required-answer", problem, "Empty the cell under 'required'.")
        elif head not in _KNOWN | _LOOKS and not _TEXT_COLUMN.fullmatch(head):
            problem = f"The column '{head}' is not supported."
            fix = "Empty the cell; texts are in columns such as 'label::Nederlands (nl)'."
            reading.tell(row, "not-supported", problem, fix)


def _keep(row: FormRow, reading: _Reading, *, kind: str, argument: str) -> None:
    """Add the item of a row, or tell why it can not be one."""
    name, text = row.cells.get("name", ""), _text(row, "label", reading)
    before = len(reading.items)
    rules = (*(rule for _, group in reading.groups for rule in group),)
    own = () if row.cells.get("type", "").startswith("begin") else _rules(row, reading)
    if not name:
        reading.tell(row, "missing-name", "The question has no name.", "Fill in the cell under 'name'.")
    elif name in reading.items:
        reading.tell(row, "item-twice", f"The item '{name}' stands twice.", "Rename one.")
    elif text is not None:
        item = _item(row, reading, kind=kind, argument=argument, text=text)
        if item is not None:
            hint = _text(row, "hint", reading) if any(h.startswith("hint::") for h in row.cells) else None
            reading.items[name] = replace(item, hint=hint, ask_when=(*rules, *own))
            reading.places[name] = row.where
    reading.lost |= len(reading.items) == before


def _item(row: FormRow, reading: _Reading, *, kind: str, argument: str, text: Text) -> Item | None:
    """Return the item of a type of the standard; None, with an issue, for a type that is not supported."""
    match kind:
        case "select_one" | "select_multiple":
            return _selection(row, reading, several=kind == "select_multiple", name=argument, text=text)
        case "integer" | "decimal":
            return _number(row, reading, whole=kind == "integer", text=text)
        case "range":
            return _range(row, reading, text=text)
        case "text":
            return OpenText(kind="text", text=text)
        case "note":
            return Note(kind="note", text=text)
    known = "select_one, select_multiple, integer, decimal, range, text, note, begin_group and end_group"
    reading.tell(row, "not-supported", f"The type '{kind}' is not supported.", f"Use {known}.")
    return None


def _selection(row: FormRow, reading: _Reading, *, several: bool, name: str, text: Text) -> Item | None:
    """Return a choice, several choices, or a rating when the choices are consecutive whole numbers."""
    choices = reading.lists.get(name, {})
    if len(choices) < 2:
        problem = f"The list '{name}' does not have two choices."
        reading.tell(row, "unknown-list", problem, "Add them to the sheet 'choices'.")
        return None
    if several:
        return SeveralChoices(kind="several", text=text, choices=choices)
    numbers = [int(answer) for answer in choices if re.fullmatch(r"-?\d+", answer)]
    if len(numbers) == len(choices) and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        labels = dict(zip(numbers, choices.values(), strict=True))
        return Rating(kind="rating", text=text, lowest=numbers[0], highest=numbers[-1], labels=labels)
    return Choice(kind="choice", text=text, choices=choices)


def _number(row: FormRow, reading: _Reading, *, whole: bool, text: Text) -> Item | None:
    """Return a number with the ends that its constraint gives."""
    match = _BOUNDS.fullmatch(row.cells.get("constraint", "").strip())
    if match is None:
        problem = "A number needs a lowest and a highest answer."
        reading.tell(row, "missing-bounds", problem, "Write the constraint as '. >= 0 and . <= 80'.")
        return None
    return Number(kind="number", text=text, lowest=float(match[1]), highest=float(match[2]), whole=whole)


def _range(row: FormRow, reading: _Reading, *, text: Text) -> Item | None:
    """Return the rating of a range in steps of one."""
    settings = dict(part.partition("=")[::2] for part in row.cells.get("parameters", "").split())
    ends = [settings.get("start", "0"), settings.get("end", "10"), settings.get("step", "1")]
    if not all(re.fullmatch(r"-?\d+", end) for end in ends) or ends[2] != "1":
        problem = "The range does not go in steps of one between two whole numbers."
        reading.tell(row, "not-supported", problem, "Write the parameters as 'start=0 end=10 step=1'.")
        return None
    return Rating(kind="rating", text=text, lowest=int(ends[0]), highest=int(ends[1]))


def _text(row: FormRow, column: str, reading: _Reading) -> Text | None:
    """Return a text in both languages; None, with an issue, when one is missing."""
    found = {}
    for head, cell in row.cells.items():
        match = _TEXT_COLUMN.fullmatch(head)
        if match and match[1] == column:
            found[match[2]] = cell
    lacking = [language for language in LANGUAGES if language not in found]
    if lacking:
        problem = f"The {column} has no text in {' and '.join(lacking)}."
        reading.tell(row, "missing-language", problem, f"Fill in '{column}::... ({lacking[0]})'.")
        return None
    return Text(**found)


def _rules(row: FormRow, reading: _Reading) -> tuple[AskWhen, ...]:
    """Return the rules of the cell under 'relevant': comparisons joined by 'and', or by 'or' for one item."""
    relevant = row.cells.get("relevant", "").strip()
    try:
        return tuple(_rule(part) for part in re.split(r"\s+and\s+", relevant)) if relevant else ()
    except ValueError:
        problem = f"The rule '{relevant}' is not understood."
        fix = "Use ${item} = 'answer' or selected(${item}, 'answer'), joined by 'and'; 'or' within one item."
        reading.tell(row, "rule-not-understood", problem, fix)
        return ()


def _rule(part: str) -> AskWhen:
    """Return one rule. Raises ValueError when it is not understood, or speaks of two items."""
    inner = part[1:-1] if part.startswith("(") and part.endswith(")") else part
    found = list(_comparisons(inner))
    if len({item for item, _ in found}) != 1:
        raise ValueError(part)
    return AskWhen(item=found[0][0], answers=tuple(answer for _, answer in found))


def _comparisons(text: str) -> Iterator[tuple[str, str]]:
    """Yield item and answer of each comparison. Raises ValueError when one is not understood."""
    for piece in re.split(r"\s+or\s+", text.strip()):
        match = _COMPARISON.fullmatch(piece.strip())
        if match is None:
            raise ValueError(piece)
        yield (match["item"] or match["selected"]), (match["answer"] or match["choice"])
