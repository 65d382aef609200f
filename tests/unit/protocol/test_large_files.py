"""Files that nobody wrote by hand are refused soon, at a line: too much inside itself, too long, unknown."""

from time import process_time

import pytest

from opmaat.core.errors import ProtocolError
from opmaat.protocol.load import load_protocol

DEEP, LONG, UNKNOWN = 20_000, 1_500, 300
# Each took from ten seconds to minutes, when its time grew with the square of the file or more.
MOST_SECONDS = 4


def chain(number):
    """Return lists that each hold the one before, by an alias."""
    return "".join(f"k{at}: &a{at} [*a{at - 1}]\n" for at in range(1, number))


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("version: " + "[" * DEEP + "]" * DEEP, 1, "too-deep"),
        ("version: " + "{a: " * DEEP + "}" * DEEP, 1, "too-deep"),
        ("version:\n" + "- " * DEEP + "x\n", 2, "too-deep"),
        ("version: 1\nid: [" + "[]," * LONG + "]\n", 2, "wrong-value"),
        ("version: 1\n" + "".join(f"key_{at}: 1\n" for at in range(UNKNOWN)), 2, "unknown-key"),
        ("version: &a0 [x]\n" + chain(UNKNOWN), 2, "unknown-key"),
    ],
    ids=["lists", "keys", "items", "a long list", "unknown keys", "aliases"],
)
def test_what_is_wrong_is_told_soon(tmp_path, text, line, code):
    file = tmp_path / "protocol.yaml"
    file.write_text(text, encoding="utf-8")
    begun = process_time()
    with pytest.raises(ProtocolError) as told:
        load_protocol(file)
    assert process_time() - begun < MOST_SECONDS
    assert (f"{file}:{line}", code) in {(issue.where, issue.code) for issue in told.value.issues}
