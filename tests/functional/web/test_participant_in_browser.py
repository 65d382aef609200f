"""A participant with a phone of 360 pixels, from the letter to stopping; without JavaScript."""

import pytest

pytestmark = [pytest.mark.needs("chromium")]


def choose(page, label):
    page.get_by_label(label).check()


def press(page, words):
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def test_from_the_letter_to_taking_part_and_stopping(site, phone, shoot):
    page = phone()
    site.sign_in(page, "invited")
    page.get_by_role("link", name="Wat is dit onderzoek?").click()
    page.get_by_role("heading", name="Wat het niet is").wait_for()
    page.get_by_role("link", name="Lees en beslis").click()
    for label in ("Ja, ik doe mee aan het onderzoek", "Ja, ik krijg graag vragenlijsten"):
        choose(page, label)
    shoot(page, "consent")
    press(page, "Opslaan")
    page.get_by_text("U doet mee.").wait_for()
    page.goto(f"{site.address}/part/arm/")
    page.get_by_text("U weet nog niet welke aanpak u krijgt.").wait_for()
    page.get_by_role("link", name="Mijn gegevens").click()
    page.get_by_text("Wat u toen las").first.click()
    shoot(page, "data")
    page.goto(f"{site.address}/part/stop/")
    choose(page, "Ja, dat mag")
    choose(page, "Ik weet zeker dat ik wil stoppen")
    shoot(page, "stop")
    press(page, "Ik stop")
    page.get_by_text("U doet niet meer mee.").wait_for()


def test_a_choice_and_what_it_means_and_earnings(site, phone, shoot):
    page = phone()
    site.sign_in(page, "arm 'choice'")
    page.get_by_role("link", name="Kies uw aanpak").first.click()
    page.get_by_label("meer bijverdienen").check()
    shoot(page, "choice")
    press(page, "Dit kies ik")
    page.get_by_role("link", name="Mijn aanpak").click()
    page.get_by_text("tot en met 31 oktober 2019").wait_for()
    shoot(page, "arm")
    page.get_by_role("link", name="Wat houd ik over?").click()
    page.get_by_label("Nettoloon in één maand").fill("412,50")
    press(page, "Reken uit")
    assert page.locator("figure svg").first.get_attribute("aria-label")
    shoot(page, "keep")
    page.get_by_role("link", name="Loon doorgeven").click()
    page.get_by_label("Nettoloon in die maand").fill("412,5")
    press(page, "Doorgeven")
    page.get_by_text("€ 412,50").wait_for()
    shoot(page, "earnings")


def test_a_questionnaire_begun_on_a_phone_and_finished_on_another_device(site, phone, shoot):
    page = phone()
    site.sign_in(page, "arm 'guidance'")
    page.get_by_role("link", name="Vragenlijsten").click()
    page.get_by_role("link", name="Begin").click()
    page.locator("fieldset").first.locator("input").nth(2).check()
    shoot(page, "questions")
    press(page, "Bewaar en ga later verder")
    desk = phone(width=1100)
    site.sign_in(desk, "arm 'guidance'")
    desk.goto(f"{site.address}/part/questions/")
    desk.get_by_role("link", name="Ga verder").click()
    assert desk.locator("fieldset").first.locator("input").nth(2).is_checked()
    while desk.get_by_role("button", name="Volgende").count():
        press(desk, "Volgende")
    press(desk, "Verstuur mijn antwoorden")
    desk.get_by_text("Uw antwoorden zijn verstuurd.").wait_for()
    page.goto(f"{site.address}/part/questions/midline/1/")
    page.get_by_text("Ingevuld. Dank u wel.").wait_for()


def test_the_same_in_english(site, phone):
    page = phone(language="en-GB")
    site.sign_in(page, "arm 'exemption'")
    page.get_by_role("link", name="My approach").click()
    page.get_by_text("You do not have to look for work").wait_for()
    assert page.locator("html").get_attribute("lang") == "en"
    press(page, "Nederlands")
    page.get_by_text("U hoeft geen werk te zoeken").wait_for()


def test_signing_in_and_earnings_with_the_keyboard_alone(site, phone):
    page = phone()
    born, code = site.sign_ins["arm 'control'"][0]
    page.goto(f"{site.address}/sign-in/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type(code)
    page.keyboard.press("Tab")
    page.keyboard.type(born)
    page.keyboard.press("Enter")
    page.wait_for_url("**/part/#main")
    page.goto(f"{site.address}/part/earnings/")
    page.get_by_label("Voor welke maand?").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("250")
    page.keyboard.press("Enter")
    page.get_by_text("Uw loon is doorgegeven.").wait_for()
    reported = page.locator("dl.totals").inner_text().replace("\u00a0", " ")
    assert "oktober 2018" in reported
    assert "€ 250,00" in reported
