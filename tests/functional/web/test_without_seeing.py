"""A keyboard alone, and what a screen reader is told: forms that fail, headings, tables, what was saved."""

import re
from collections import Counter
from itertools import pairwise

import pytest

pytestmark = [pytest.mark.needs("chromium", "axe")]

FIELDWORK = "/fieldwork/groningen-2017/"
# Forms that cannot be sent empty, with who sends them.
FORMS = [
    (None, "/sign-in/"),
    (None, "/staff/sign-in/"),
    ("choosing", "/part/choice/"),
    ("choosing", "/part/earnings/"),
    ("choosing", "/part/stop/"),
    ("caseworker", "/staff/files/"),
    ("caseworker", "/staff/files/cover/"),
    ("caseworker", "FILE complaint/"),
    ("caseworker", "FILE sanction/"),
    ("project_lead", "/staff/caseloads/"),
    ("project_lead", "/preparation/"),
    ("project_lead", "/preparation/made-up-study/-/draw/"),
    ("project_lead", f"{FIELDWORK}letters/"),
    ("project_lead", f"{FIELDWORK}reply/"),
    ("project_lead", f"{FIELDWORK}meetings/"),
    ("project_lead", f"{FIELDWORK}deliveries/"),
    ("new", "/staff/second-factor/totp/activate/"),
]
MAIN_PAGES = [
    ("choosing", "/part/"),
    ("choosing", "/part/keep/?earnings=400"),
    ("guided", "/part/questions/midline/1/"),
    ("caseworker", "/staff/files/"),
    ("caseworker", "FILE "),
    ("project_lead", FIELDWORK),
    ("project_lead", "/preparation/made-up-study/"),
    ("researcher", "/staff/research/groningen-2017/"),
    ("auditor", "/staff/journal/"),
]
# Of these a screen reader says the name.
NAMED = {"link", "button", "textbox", "combobox", "radio", "checkbox", "region", "navigation", "image"}
# Every problem leads to what it is about, which says it too.
LOOSE = """() => [...document.querySelectorAll(".problems a")].filter((link) => {
    const place = document.getElementById(link.hash.slice(1));
    if (!place) { return true }
    const fields = place.matches("input, select, textarea") ? [place] : [...place.querySelectorAll("input")];
    const told = [place, ...fields].flatMap((one) => (one.getAttribute("aria-describedby") || "").split(" "))
        .map((id) => id && document.getElementById(id)?.textContent || "").join(" ");
    return !fields.length || !fields.some((one) => one.getAttribute("aria-invalid") === "true")
        || !told.includes(link.textContent.split(": ").at(-1)) }).map((link) => link.textContent)"""
# What Tab has to come by, in the order of reading; of radio buttons of one name one.
STOPS = """() => { const groups = new Set();
    const all = [...document.querySelectorAll(
        "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
        .filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0)
        .filter((one) => one.type !== "radio" || !groups.has(one.name) && groups.add(one.name));
    all.forEach((one, place) => { one.dataset.stop = place }); return all.length }"""
STOP = """() => { const one = document.activeElement; const of = (it) => Number(it.dataset.stop);
    return one.type === "radio" ? of(document.querySelector(`[name="${one.name}"][data-stop]`)) : of(one) }"""


def open_at(happened, chromium, who, address, **options):
    """Open a page of someone; FILE stands for the first file of a caseworker."""
    page = happened.open(chromium, who, **options)
    if address.startswith("FILE "):
        page.goto(f"{happened.address}/staff/files/")
        address = page.locator("tbody a").first.get_attribute("href") + address.removeprefix("FILE ")
    page.goto(f"{happened.address}{address}")
    return page


@pytest.mark.parametrize(("who", "address"), FORMS)
def test_a_form_that_fails_says_so_first_and_leads_to_what_is_wrong(
    happened, chromium, violations, who, address
):
    page = open_at(happened, chromium, who, address, width=360)
    form = page.locator("main form[method=post]").first
    for typed in form.locator("input:not([type=hidden], [type=radio], [type=checkbox], [type=file])").all():
        typed.fill("")
    with page.expect_navigation():
        form.locator("button").first.click()
    assert page.title().startswith("Niet gelukt: ")
    assert page.evaluate("document.activeElement.className") == "problems"
    assert page.evaluate(LOOSE) == []
    assert violations(page) == []
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('.problems')"), (
        "the first stop is the first problem"
    )
    page.context.close()


@pytest.mark.parametrize(("who", "address"), MAIN_PAGES)
def test_tab_comes_by_everything_in_the_order_of_reading_and_holds_on_to_nothing(
    happened, chromium, who, address
):
    page = open_at(happened, chromium, who, address)
    stops, seen = page.evaluate(STOPS), []
    for _ in range(stops):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(STOP))
    assert seen == list(range(stops))
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(STOP) == stops - 2
    page.goto(page.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main", "the first stop leads past the navigation"
    page.context.close()


def heard(page):
    """Return what Chromium tells a screen reader: the role, the name and the level of each part, in order."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    for node in tree:
        if not node["ignored"]:
            level = [one["value"]["value"] for one in node["properties"] if one["name"] == "level"]
            yield node["role"]["value"], node["name"]["value"].strip(), *level


@pytest.mark.parametrize(("who", "address"), MAIN_PAGES)
def test_a_screen_reader_hears_where_it_is(happened, chromium, who, address):
    page = open_at(happened, chromium, who, address, width=360)
    parts = list(heard(page))
    roles = Counter(role for role, *_ in parts)
    assert (roles["banner"], roles["main"], roles["contentinfo"]) == (1, 1, 1)
    levels = [level[0] for role, _, *level in parts if role == "heading"]
    assert levels[0] == 1
    assert all(later - former <= 1 for former, later in pairwise(levels))
    assert [role for role, name, *_ in parts if role in NAMED and not name] == []
    tables = page.locator("main table").evaluate_all(
        "all => all.filter((one) => one.checkVisibility()).length"
    )
    assert (roles["table"], roles["columnheader"] >= 2 * tables) == (tables, True)
    page.context.close()


def test_what_was_saved_is_a_status_and_what_is_in_a_picture_is_told(happened, chromium):
    page = open_at(happened, chromium, "guided", "/part/earnings/")
    page.get_by_label("Nettoloon in die maand").fill("250")
    with page.expect_navigation():
        page.get_by_role("button", name="Doorgeven").click()
    assert page.get_by_role("status").inner_text() == "Uw loon is doorgegeven."
    page.goto(f"{happened.address}/part/keep/?earnings=400")
    (picture,) = [name for role, name, *_ in heard(page) if role == "image"]
    assert re.search(r"van €\s[\d.,]+ zonder loon tot €\s[\d.,]+", picture)
    page.context.close()
