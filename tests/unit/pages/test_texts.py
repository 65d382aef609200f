"""Texts of every room that makes a page: the same keys and names in both languages, and none said twice."""

from pathlib import Path
from string import Formatter

import pytest

import opmaat
from opmaat.core.texts import LANGUAGES
from opmaat.pages import wording
from opmaat.pages.wording import load_wording

SOURCE = Path(opmaat.__file__).parent
ROOMS = sorted(
    ".".join(("opmaat", *file.parent.parts[len(SOURCE.parts) :][:-1]))
    for file in SOURCE.rglob("texts/nl.yaml")
)


def names_in(text):
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name})


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "opmaat.pages"])
def test_both_languages_have_the_same_keys_and_names(room):
    dutch, english = (load_wording(language, room).texts for language in LANGUAGES)
    assert dutch.keys() == english.keys()
    for key, text in dutch.items():
        assert names_in(text) == names_in(english[key]), key
        assert "—" not in text + english[key], key


def test_a_text_is_said_by_one_room(tmp_path, monkeypatch):
    """The shared texts come first: a room that says one of them again is refused, also in the same words."""
    monkeypatch.setattr(wording, "files", lambda room: tmp_path)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "nl.yaml").write_text("page: {contents: Inhoud}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"says 'page.contents' once more"):
        load_wording.__wrapped__("nl", "a.room")
