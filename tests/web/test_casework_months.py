"""From earnings to settlement to letter, to the cent, and what a correction months later changes."""

import re
from datetime import date

import pytest

from opmaat.core.month import Month
from opmaat.web.casework.letters import letter_of
from opmaat.web.casework.models import Decision
from opmaat.web.casework.queries import dossier
from opmaat.web.gateway.settlement import claim_cents
from opmaat.web.journal.models import Entry

KEYS = iter(range(10**6))
TODAY = date(2018, 11, 12)


def key():
    return f"{next(KEYS):032x}"


def euros(cents):
    return f"{cents // 100},{cents % 100:02d}"


class Desk:
    """One file, as its caseworker goes through months."""

    def __init__(self, client, number, municipality):
        self.client, self.number, self.municipality = client, number, municipality
        self.file = f"/staff/files/{number}/"

    def earn(self, month, typed, **changed):
        wish = {"request_key": key(), "month": month, "net": typed, **changed}
        return self.client.post(f"{self.file}earnings/", wish)

    def month(self, month):
        return self.client.get(f"{self.file}months/{month}/")

    def confirm(self, month, *, shown=None, **typed):
        shown = shown or self.month(month)
        wish = {
            "request_key": key(),
            "checked": "on",
            "confirm": "1",
            "expected": shown.context["form"].initial.get("expected", ""),
        }
        return self.client.post(f"{self.file}months/{month}/", wish | typed)

    def stands(self):
        """Return what the journal says was paid, was too much, and was kept back, by month."""
        found = {}
        for event in dossier(self.client.account, self.number, TODAY).history.events:
            if event.kind in {"benefit_paid", "overpayment_found"}:
                found.setdefault(str(Month.of(event.valid_from)), {}).update(event.as_dict()["payload"])
        return found

    def entries(self):
        return Entry.objects.of(self.municipality).count()

    def decisions(self):
        return list(Decision.objects.of(self.municipality).order_by("pk"))


@pytest.fixture
def at(desk, municipality):
    def build(who):
        client, (number,) = desk(who)
        return Desk(client, number, municipality)

    return build


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()).replace("\xa0", " "))


@pytest.mark.parametrize("typed", ["1,234.56", "abc", "-5", "12,345", "99.999.999", ""])
def test_an_amount_that_cannot_be_is_refused_beside_its_field(at, typed):
    desk = at("arm 'control'")
    before = desk.entries()
    page = desk.earn("2018-10", typed).content.decode()
    assert 'class="errorlist" id="id_net_error"' in page
    assert f'value="{typed}"' in page or not typed
    assert desk.entries() == before


def test_from_earnings_to_a_letter_with_every_step(at):
    desk = at("arm 'disregard'")
    desk.client.post(f"{desk.file}disregard_start/", {"request_key": key(), "day": "1-11-2017"})
    desk.earn("2018-03", "1.034,56")
    assert "Loon verrekenen: maart 2018" in text_of(desk.client.get(desk.file))
    page = text_of(desk.month("2018-03"))
    # 50% up to 199 euro stays free: 992.12 - (1034.56 - 199) = 156.56, of which 5% is kept for holidays.
    for part in ("€ 1.034,56", "€ 199,00", "€ 835,56", "€ 156,56", "€ 7,83", "€ 148,73", "art. 31.1, 32"):
        assert part in page, part
    assert "Wij hebben de regels van het onderzoek niet zelf kunnen lezen" in page
    assert desk.confirm("2018-03", checked="").context["form"].errors.keys() == {"checked"}
    desk.confirm("2018-03")
    assert desk.stands() == {"2018-03": {"paid_cents": 14_873, "set_off_cents": 0}}
    assert "Loon verrekenen" not in text_of(desk.client.get(desk.file))
    (decision,) = desk.decisions()
    file = dossier(desk.client.account, desk.number, TODAY)
    letter = letter_of(file, decision, "nl")
    assert letter.decision[0].replace("\xa0", " ").startswith("Uw bijstand over maart 2018 is € 148,73.")
    assert [row[1] for row in letter.steps][:3] == ["art. 21.a", "art. 31.1, 32", letter.steps[2][1]]
    assert letter.steps[-1][2].replace("\xa0", " ") == "€ 148,73"
    assert "CONCEPT" in letter.draft
    for language in ("nl", "en"):
        address = f"{desk.file}letters/{decision.pk}/?language={language}"
        first, again = (desk.client.get(address) for _ in range(2))
        assert (first.status_code, first.headers["Content-Type"]) == (200, "application/pdf")
        assert "draft" in first.headers["Content-Disposition"]
        assert first.content == again.content


def test_a_letter_is_no_draft_once_the_municipality_says_how_to_object(at, settings, tmp_path, root):
    (tmp_path / "groningen-2017").symlink_to(root / "studies/groningen-2017")
    desk = at("arm 'control'")
    desk.confirm("2018-10")
    folder = tmp_path / "own/groningen-2017"
    folder.mkdir(parents=True)
    for file in (root / "studies/groningen-2017").iterdir():
        (folder / file.name).symlink_to(file)
    settings.STUDIES = tmp_path / "own"
    told = "{nl: 'Stuur een brief aan Postbus 1.', en: 'Send a letter to PO box 1.'}"
    (folder / "letters.yaml").write_text(f"objecting: {told}\n", encoding="utf-8")
    (decision,) = desk.decisions()
    letter = letter_of(dossier(desk.client.account, desk.number, TODAY), decision, "en")
    assert (letter.draft, letter.objecting) == ("", "Send a letter to PO box 1.")
    answer = desk.client.get(f"{desk.file}letters/{decision.pk}/")
    assert "draft" not in answer.headers["Content-Disposition"]
    assert "letters.yaml" not in text_of(desk.client.get(f"{desk.file}months/"))


def test_what_is_corrected_later_is_paid_besides_or_found_to_be_too_much(at):
    desk = at("arm 'control'")
    desk.confirm("2018-09")
    whole = desk.stands()["2018-09"]["paid_cents"]
    desk.earn("2018-09", "400")
    page = text_of(desk.month("2018-09"))
    assert f"Er was € {euros(whole)} betaald." in page
    desk.confirm("2018-09")
    excess = desk.stands()["2018-09"]["excess_cents"]
    assert desk.stands()["2018-09"]["paid_cents"] == whole
    comes_to = dossier(desk.client.account, desk.number, TODAY).settled(until=Month(2018, 9))
    assert whole - excess == comes_to.shown(Month(2018, 9)).comes_to_cents
    assert "er is niets veranderd" in text_of(desk.month("2018-09"))
    desk.earn("2018-09", "200,00")
    desk.confirm("2018-09")
    assert desk.stands()["2018-09"]["excess_cents"] < excess
    desk.earn("2018-09", "0")
    desk.confirm("2018-09")
    assert desk.stands()["2018-09"] == {"paid_cents": whole, "set_off_cents": 0}
    changes = [one.content["change"] for one in desk.decisions()]
    assert changes[0] == whole
    assert sum(changes[1:]) == 0


def test_what_was_paid_too_much_is_kept_back_of_a_later_month_and_never_twice(at):
    desk = at("arm 'control'")
    desk.confirm("2018-09")
    desk.earn("2018-09", "300")
    desk.confirm("2018-09")
    excess = desk.stands()["2018-09"]["excess_cents"]
    assert f"{euros(excess)}" in text_of(desk.month("2018-10"))
    assert "set_off" in desk.confirm("2018-10", set_off=euros(excess + 1)).context["form"].errors
    shown = desk.client.post(
        f"{desk.file}months/2018-10/", {"request_key": key(), "set_off": "100,00", "show": "1"}
    )
    assert "€ 100,00" in text_of(shown)
    expected = shown.context["form"].data["expected"]
    assert desk.confirm("2018-10", set_off="100,01", expected=expected).context["form"].non_field_errors()
    desk.confirm("2018-10", set_off="100,00", expected=expected)
    assert desk.stands()["2018-10"]["set_off_cents"] == 10_000
    (last,) = [one for one in desk.decisions() if one.month == "2018-10"]
    figures = last.content["figures"]
    parts = ("counted", "reduction", "set_off", "reserved", "paid")
    assert figures["norm"] == sum(figures[part] for part in parts)
    history = dossier(desk.client.account, desk.number, TODAY).history
    assert claim_cents(history, Month(2018, 11)) == excess - 10_000
    assert claim_cents(history, Month(2019, 6)) == 0


def test_what_was_shown_is_what_is_decided_once(at):
    desk = at("arm 'choice', a couple")
    shown = desk.month("2018-10")
    desk.earn("2018-10", "250", person=desk.client.people[desk.number][1])
    stale = desk.confirm("2018-10", shown=shown)
    assert "intussen veranderd" in text_of(stale)
    assert not desk.decisions()
    again, wish = desk.month("2018-10"), key()
    for _ in range(2):
        assert desk.confirm("2018-10", shown=again, request_key=wish).status_code == 302
    assert desk.confirm("2018-10", shown=again).status_code == 200
    assert len(desk.decisions()) == 1
    own = desk.client.get(f"{desk.file}months/{Month.of(TODAY) + 1}/")
    assert own.status_code == 404
    for month in ("2017-10", "2018-13", "garbage"):
        assert desk.month(month).status_code == 404


def test_an_option_that_was_chosen_settles_as_that_arm(at, as_participant):
    desk = at("arm 'choice'")
    own = as_participant(desk.client.people[desk.number][0])
    own.post("/part/choice/", {"request_key": key(), "option": "disregard"})
    assert "zelf kiezen: meer bijverdienen" in text_of(desk.client.get(desk.file))
    desk.client.post(f"{desk.file}disregard_start/", {"request_key": key(), "day": "12-11-2018"})
    assert "50% van het loon blijft vrij tot en met 31 oktober 2019, art. 31.2.n, experiment" in text_of(
        desk.client.get(desk.file)
    )
