"""Texts: the same keys in both languages, one for every kind of event, and none missing in a template."""

import re
import string

from opmaat.benefits.duties import Duty
from opmaat.conduct.kinds import KINDS
from opmaat.web.theme.words import words


def test_both_languages_say_the_same_things_with_the_same_names():
    dutch, english = words("nl").texts, words("en").texts
    assert set(dutch) == set(english)
    for key, text in dutch.items():
        assert names_in(text) == names_in(english[key]), key


def names_in(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_kind_of_event_and_every_duty_has_words():
    known = words("nl").texts
    assert {f"trial.kinds.{kind.kind}" for kind in KINDS} <= set(known)
    assert {f"trial.arm.duty.{duty.value}" for duty in Duty} <= set(known)


def test_every_text_that_a_template_takes_is_there(root):
    known = words("nl").texts
    for template in (root / "src/opmaat/web").rglob("*.html"):
        for key in re.findall(r'{% say "([\w.]+)"', template.read_text(encoding="utf-8")):
            assert key in known, f"{template.name}: {key}"


def test_what_happened_is_told_in_words(participants):
    client = participants("arm 'disregard'")
    page = client.get("/part/data/").content.decode()
    assert "purpose" not in page
    assert "True" not in page
    assert "meer bijverdienen" in page
    english = client.get("/part/data/", headers={"Accept-Language": "en"}).content.decode()
    assert "keep more of what you earn" in english
