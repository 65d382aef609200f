"""Files that nobody wrote by hand are refused soon, at a line: too much inside itself, too long, unknown."""

import sys

import pytest

from opmaat.core.errors import ProtocolError
from opmaat.protocol.load import load_protocol

DEEP, LONG, UNKNOWN = 4_000, 800, 100
# Of functions, for each sign of a file: three to seventy times as many where lines were copied with a file,
# or the schema was made for every unknown key. Calls are counted: they are the same on a slow day.
MOST_CALLS = 1_000


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
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        with pytest.raises(ProtocolError) as told:
            load_protocol(file)
    finally:
        sys.setprofile(before)
    assert calls < MOST_CALLS * len(text)
    assert (f"{file}:{line}", code) in {(issue.where, issue.code) for issue in told.value.issues}
