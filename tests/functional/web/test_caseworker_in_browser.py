"""A caseworker at a desk of 1200 pixels, and on a phone: the morning, decisions, a letter; keyboard alone."""

import re

import pytest

pytestmark = [pytest.mark.needs("chromium")]


@pytest.fixture(scope="module")
def signed_in(site, chromium, sign_staff_in):
    """Return a function that opens a page on which a caseworker is signed in; the sign-in is done once."""
    kept = {}

    def state_of(who):
        context = chromium.new_context(locale="nl-NL")
        page = context.new_page()
        sign_staff_in(page, site.address, *site.sign_ins[who][0])
        found = context.storage_state()
        context.close()
        return found

    contexts = []

    def open_page(who="caseworker", *, width=1200, language="nl-NL", scripts=False):
        if who not in kept:
            kept[who] = state_of(who)
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale=language,
            java_script_enabled=scripts,
            storage_state=kept[who],
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{site.address}/staff/files/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def press(page, words):
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def file_of(page, arm):
    """Open the file of the household with an arm, and return its address."""
    row = page.locator("tbody tr", has_text=arm).first
    with page.expect_navigation():
        row.get_by_role("link").first.click()
    return page.url


def line_of(page):
    return page.locator(".arms-now dd").first.inner_text()


def test_the_morning_of_a_caseworker(signed_in, shoot):
    page = signed_in()
    page.get_by_role("heading", name="Mijn mensen").wait_for()
    shoot(page, "caseworker-list")
    page.get_by_role("link", name="Alleen waar iets moet").click()
    page.get_by_text("te laat, sinds").first.wait_for()
    file_of(page, "hulp op maat")
    shoot(page, "caseworker-file")
    page.get_by_role("link", name="Gesprek voeren").click()
    page.get_by_label("Minuten").fill("5000")
    page.get_by_label("Notitie").fill("Wil graag in de zorg werken.")
    press(page, "Leg vast")
    shoot(page, "caseworker-wrong")
    assert page.get_by_label("Notitie").input_value() == "Wil graag in de zorg werken."
    page.get_by_label("Minuten").fill("50")
    press(page, "Leg vast")
    page.get_by_text("Wil graag in de zorg werken.").wait_for()
    assert not page.get_by_role("link", name="Gesprek voeren").count()
    page.get_by_role("link", name="Plan van aanpak").click()
    press(page, "Leg vast")
    page.go_back()
    press(page, "Leg vast")
    page.get_by_text("niets dubbel vastgelegd").wait_for()


def decide(page, link, **typed):
    page.locator("main").get_by_role("link", name=link, exact=True).first.click()
    for label, value in typed.items():
        if value is True:
            page.get_by_label(label).check()
        else:
            page.get_by_label(label).fill(value)
    press(page, "Leg vast")


def test_an_exemption_from_its_review_to_restored_duties(signed_in, shoot):
    page = signed_in()
    file_of(page, "geen verplichtingen")
    decide(page, "Ontheffing verlenen", Dag="1-11-2017")
    assert "geen sollicitatieplicht tot en met 31 oktober 2019, art. 9.1.a, experiment" in line_of(page)
    decide(page, "Beoordelen of er genoeg inzet is", **{"te weinig inzet": True, "Dag": "2-5-2018"})
    decide(page, "Aanzeggen dat de inzet te klein is", Dag="4-5-2018")
    decide(page, "Beoordelen of er genoeg inzet is", **{"te weinig inzet": True, "Dag": "5-11-2018"})
    page.get_by_role("link", name="Ontheffing beëindigen").click()
    assert page.get_by_label("Dag").input_value() == "04-11-2018"
    shoot(page, "caseworker-restore")
    press(page, "Leg vast")
    assert "sollicitatieplicht geldt weer sinds 4 november 2018, art. 9.1.a" in line_of(page)
    shoot(page, "caseworker-restored")


def test_a_sanction_that_the_choice_forbids_is_refused(site, signed_in, phone, shoot):
    own = phone()
    site.sign_in(own, "arm 'choice', a couple")
    own.goto(f"{site.address}/part/choice/")
    own.get_by_label("geen verplichtingen").check()
    press(own, "Dit kies ik")
    page = signed_in()
    file_of(page, "zelf kiezen: geen verplichtingen")
    decide(
        page,
        "Besluit: verlaging (maatregel)",
        **{
            "werk zoeken en aannemen (art. 9.1.a)": True,
            "Dag van de overtreding": "12-11-2018",
            "Verlaging in procenten van de norm": "30",
        },
    )
    page.get_by_text("Grond: Tijdelijk besluit experimenten Participatiewet").first.wait_for()
    assert page.get_by_label("Verlaging in procenten van de norm").input_value() == "30"
    shoot(page, "caseworker-sanction")


def test_from_earnings_to_the_letter(signed_in, shoot, site):
    page = signed_in()
    file_of(page, "meer bijverdienen")
    decide(page, "Vrijlating van het experiment toekennen", Dag="1-11-2017")
    page.get_by_role("link", name="Loon invoeren").click()
    page.get_by_label("Maand", exact=True).select_option("2018-03")
    page.get_by_label("Nettoloon in die maand").fill("1.034,56")
    press(page, "Leg vast")
    page.get_by_role("link", name="Loon verrekenen: maart 2018").click()
    page.get_by_text("148,73").first.wait_for()
    shoot(page, "caseworker-month")
    page.get_by_label("Ik heb deze berekening gecontroleerd").check()
    press(page, "Besluit en maak de brief")
    shoot(page, "caseworker-months")
    link = page.get_by_role("link", name=re.compile(r"\(Nederlands\)")).first.get_attribute("href")
    letter = page.request.get(f"{site.address}{link}")
    assert letter.headers["content-type"] == "application/pdf"
    assert letter.body().startswith(b"%PDF")


def test_a_talk_costs_at_most_25_keys_from_the_list(signed_in):
    page = signed_in()
    code = page.locator("tbody tr", has_text="gewone aanpak").locator("code").first.inner_text()
    pressed = 0

    def tap(*keys):
        nonlocal pressed
        for key in keys:
            page.keyboard.press(key)
            pressed += 1

    tap("Tab", "Enter", "Tab")
    assert page.evaluate("document.activeElement.name") == "who"
    tap(*code, "Tab")
    tap("4", "5", "Tab", "Tab", "Tab", "Tab")
    assert page.evaluate("document.activeElement.name") == "note"
    page.keyboard.type("Belde over het rooster.")
    tap("Tab", "Enter")
    page.get_by_text("Vastgelegd bij").wait_for()
    assert pressed <= 25, pressed


def test_a_session_that_ended_while_someone_typed_costs_no_text(site, signed_in):
    page = signed_in(scripts=True)
    file = page.locator("tbody a").first.get_attribute("href")
    page.goto(f"{site.address}{file}complaint/")
    page.get_by_label("geld").check()
    page.get_by_label("Notitie").fill("Vindt de brief onduidelijk.")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    press(page, "Leg vast")
    assert "/sign-in/" in page.url
    page.context.add_cookies(cookies)
    page.goto(f"{site.address}{file}complaint/")
    assert page.get_by_label("geld").is_checked()
    assert page.get_by_label("Notitie").input_value() == "Vindt de brief onduidelijk."
    press(page, "Leg vast")
    page.get_by_text("Vindt de brief onduidelijk.").wait_for()
    page.goto(f"{site.address}{file}complaint/")
    assert page.get_by_label("Notitie").input_value() == ""
