"""Every page of every role, from the table of addresses: at a desk, on a phone, enlarged, in both languages.

Pages are found as people find them, by the links of other pages. Whatever address of the table nobody got
to see makes a test fail, so that a new page cannot be forgotten.
"""

from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = [pytest.mark.needs("chromium", "axe")]

# What leads elsewhere, and what there is not before the planned look, which is yet to come.
NO_PAGE = {"home", "set_language", "research_report"}
# Closed to everybody: a second step stays, and its codes are not kept as a file.
CLOSED = {"mfa_deactivate_totp", "mfa_download_recovery_codes"}
# Addresses that differ in these are pages of their own, in others more of the same; of a questionnaire
# these are the first page, the second, and one more.
TOLD_APART = ("what", "stage", "turn", "file", "check", "study", "wave")
QUESTIONS = 3

# What WCAG 2.2 asks of text that a reader spaces (1.4.12); 320 pixels are 1280 enlarged four times (1.4.10).
SPACED = """() => { const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet] }"""
BESIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth
        && !one.closest(".wide")).map((one) => "beside the screen: " + one.outerHTML.slice(0, 80)).slice(0, 3)
        .concat("scrolls sideways")"""
# A table that is broader than its place can be moved with the keyboard, in a region with a name.
STUCK = """() => [...document.querySelectorAll("table")].filter((one) => {
    const place = one.parentElement;
    return one.getBoundingClientRect().width > place.clientWidth + 1 && !(place.tabIndex === 0
        && place.getAttribute("role") === "region" && place.getAttribute("aria-label")
        && getComputedStyle(place).overflowX === "auto") })
    .map((one) => "stuck: " + one.outerHTML.slice(0, 80))"""
# Whatever can have the focus shows it: by an outline, a shadow, or another border or ground than without.
UNSEEN = """() => {
    const look = (one) => { const s = getComputedStyle(one);
        return [s.outlineStyle + s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join() };
    const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
    return [...document.querySelectorAll(all)]
        .filter((one) => one.checkVisibility() && !one.disabled)
        .filter((one) => { one.blur(); const before = look(one); one.focus({focusVisible: true});
            return look(one) === before })
        .map((one) => "focus not seen: " + one.outerHTML.slice(0, 100)) }"""
OUTLINE = """() => ({title: document.title, language: document.documentElement.lang,
    firsts: document.querySelectorAll("h1").length, mains: document.querySelectorAll("main").length,
    vague: [...document.querySelectorAll("main a[href]")].filter((one) => !one.textContent.trim()
        && !one.querySelector("img[alt], svg[aria-label]")).length,
    twice: document.querySelectorAll("[id]").length
        - new Set([...document.querySelectorAll("[id]")].map((one) => one.id)).size})"""
LOOKS = (("nl", 1200), ("en", 360))
NOBODY, RESEARCH = "nobody", "/staff/research/groningen-2017/"
WHO = (NOBODY, "choosing", "invited", "guided", "caseworker", "project_lead", "auditor", "dpo")
# Pages of one's own second step are seen by one who has one, and by one who is new.
WITH_OWN_PAGES = ("researcher", "new")


@dataclass
class Visits:
    """What someone got to see: the names of addresses, and what was wrong where."""

    names: set = field(default_factory=set)
    wrong: dict = field(default_factory=dict)


@pytest.fixture(scope="module")
def table(load_helper):
    """Return every address with its name and view, parts without a link filled in."""
    from django.urls import get_resolver

    return list(load_helper("web/conftest").all_addresses(get_resolver().url_patterns))


@pytest.fixture(scope="module")
def visit(chromium, happened, table, axe_source, load_helper):
    """Return a function that has someone see every page that is open to them; each goes round once."""
    permissions, rounds = load_helper("web/test_permissions"), {}

    def go_round(who):
        if who not in rounds:
            someone = None if who == NOBODY else who
            role = someone and happened.sessions[who][0]
            along = Round(happened.open(chromium, someone), happened.address, axe_source)
            along.walk([path for path, name, view in table if is_seen_by(permissions, who, role, name, view)])
            along.walk(path for asked, path in happened.unlinked if asked == who)
            if who == NOBODY:
                along.come_half_way_in(*happened.staff["caseworker"])
            along.page.context.close()
            rounds[who] = along.visits
        return rounds[who]

    return go_round


class Round:
    """Somebody's way along all pages that they get to see."""

    def __init__(self, page, address, axe_source):
        self.page, self.address, self.axe_source = page, address, axe_source
        self.heard, self.seen, self.visits = [], set(), Visits()
        self.page.on("console", lambda told: told.type == "error" and self.heard.append(told.text))
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))
        self.page.on("request", self._stays_here)

    def _stays_here(self, request):
        if not request.url.startswith((self.address, "data:")):
            self.heard.append(f"asks {request.url}")

    def walk(self, paths):
        """Look at pages and at all that they lead to, of each sort one; no link leads to nothing."""
        waiting = deque((path, False) for path in paths)
        while waiting:
            path, is_linked = waiting.popleft()
            sort = sort_of(path)
            if sort is None or sort in self.seen:
                continue
            answer = self.page.request.get(f"{self.address}{path}")
            led_to = urlsplit(answer.url)
            if answer.status >= 500 or (is_linked and answer.status in {403, 404}):
                self.visits.wrong[path] = [f"answers {answer.status}"]
            elif answer.status == 405:
                self.visits.names.add(sort[0])
            elif answer.ok and (not is_page(answer) or sort == sort_of(led_to.path, led_to.query)):
                self.seen.add(sort)
                self.visits.names.add(sort[0])
                waiting.extend((link, True) for link in (self._look(path) if is_page(answer) else ()))

    def come_half_way_in(self, email, password):
        """Sign in with a password, and look at the page that asks for the second step."""
        self.page.goto(f"{self.address}/staff/sign-in/")
        self.page.locator("input[type=email]").fill(email)
        self.page.locator("input[type=password]").fill(password)
        with self.page.expect_navigation():
            self.page.locator("main form button").first.click()
        self.walk([urlsplit(self.page.url).path])

    def _look(self, path):
        """Look at one page in every way, and return where it leads to."""
        found = []
        for language, width in LOOKS:
            self.page.context.add_cookies([{"name": "language", "value": language, "url": self.address}])
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.goto(f"{self.address}{path}")
            found += [f"{language}: {one}" for one in faults(self.page, self.axe_source, language)]
        self.page.set_viewport_size({"width": 320, "height": 640})
        self.page.evaluate(SPACED)
        found += self.page.evaluate(BESIDE) + self.page.evaluate(UNSEEN) + self.heard
        self.heard.clear()
        if found:
            self.visits.wrong[path] = found
        links = self.page.locator("a[href]").evaluate_all("all => all.map((one) => one.href)")
        return [link.removeprefix(self.address) for link in links if link.startswith(self.address)]


def is_seen_by(permissions, who, role, name, view):
    """Tell whether an address is one of someone's; what is open to all is nobody's in particular."""
    own = permissions.STAFF_PAGES | {"account_logout"}
    is_open = (
        isinstance(permissions.needed_by(view), permissions.Open) or name in permissions.OPEN_PAGES - own
    )
    if who == NOBODY or is_open:
        return who == NOBODY and is_open
    return permissions.expected(role, name, view, "GET") and (name not in own or who in WITH_OWN_PAGES)


def faults(page, axe_source, language):
    """Return what is wrong with a page as it stands."""
    page.evaluate(axe_source)
    options = "{resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}"
    broken = page.evaluate(f"axe.run({options})")["violations"]
    found = [f"{one['id']}: {node['html'][:120]}" for one in broken for node in one["nodes"][:2]]
    outline = page.evaluate(OUTLINE)
    title, _, site = outline["title"].partition(" · ")
    found += [] if title.strip() and site.strip() else [f"title: {outline['title']}"]
    found += [] if outline["language"] == language else [f"in the language {outline['language']}"]
    found += (
        [] if (outline["firsts"], outline["mains"]) == (1, 1) else [f"{outline['firsts']} first headings"]
    )
    found += [name for name in ("vague", "twice") if outline[name]]
    return found + page.evaluate(BESIDE) + page.evaluate(STUCK)


def sort_of(path, query=""):
    """Return what an address is one of: its name, and what tells it apart; None for what is no address."""
    from django.urls import Resolver404, resolve

    parts = urlsplit(path)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    apart = [(name, match.kwargs[name]) for name in TOLD_APART if name in match.kwargs]
    if "wave" in match.kwargs:
        apart.append(("number", min(match.kwargs["number"], QUESTIONS)))
    return match.url_name, tuple(apart), tuple(sorted(parse_qs(parts.query or query)))


def is_page(answer):
    kind, place = (answer.headers.get(name, "") for name in ("content-type", "content-disposition"))
    return kind.startswith("text/html") and not place.startswith("attachment")


@pytest.mark.parametrize("who", WHO + WITH_OWN_PAGES)
def test_no_page_that_someone_sees_is_wrong(visit, who):
    found = visit(who)
    assert found.wrong == {}
    assert len(found.names) > 3, "who is not let in sees next to nothing"


def test_every_address_was_seen_by_someone(visit, table):
    seen = set().union(*(visit(who).names for who in WHO + WITH_OWN_PAGES))
    assert {name for _, name, _ in table} - seen - NO_PAGE - CLOSED == set()


@pytest.mark.parametrize(
    ("who", "path"), [("choosing", "/part/data/"), ("caseworker", "/staff/files/"), ("researcher", RESEARCH)]
)
def test_on_paper_stands_what_was_read_and_nothing_is_cut_off(happened, chromium, who, path):
    page = happened.open(chromium, who, width=680)  # A4 less its margins
    page.goto(f"{happened.address}{path}")
    page.emulate_media(media="print")
    assert not page.locator("nav:visible, header form:visible").count()
    assert page.evaluate(BESIDE) == []
    # Chromium cuts what is contained in its size through the middle of a line.
    assert page.evaluate("getComputedStyle(document.documentElement).containerType").split()[0] != "size"
    page.context.close()
