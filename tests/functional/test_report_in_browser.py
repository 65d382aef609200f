"""The report as a reader meets it: on a phone, at a desk, on paper and through a screen reader."""

import pytest

pytestmark = pytest.mark.needs("chromium")

KINDS = ("two_arms", "many_arms", "late", "months")
WIDTHS = {"phone": 360, "desk": 1200}
SMALLEST_LETTERS = 11


@pytest.fixture
def opened(chromium, made_up_report):
    """Return a function that opens a report, and fails when the page asks anything of a network."""
    pages, asked = [], []

    def open_report(kind, width):
        page = chromium.new_page(viewport={"width": width, "height": 800})
        pages.append(page)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto(made_up_report(kind))
        return page

    yield open_report
    assert all(url.startswith("file:") for url in asked)
    assert len(asked) == len(pages)
    for page in pages:
        page.close()


@pytest.mark.needs("axe")
@pytest.mark.parametrize(
    ("kind", "width"),
    [*((kind, WIDTHS["phone"]) for kind in KINDS), ("late", WIDTHS["desk"]), ("months", WIDTHS["desk"])],
)
def test_no_axe_violations_in_either_language(opened, axe_source, kind, width):
    page = opened(kind, width)
    for language in ("nl", "en"):
        page.check(f"#choose-{language}")
        page.evaluate(axe_source)
        found = page.evaluate("axe.run(document)")["violations"]
        assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_the_page_itself_never_scrolls_sideways(opened, width):
    for kind in KINDS:
        page = opened(kind, width)
        for language in ("nl", "en"):
            page.check(f"#choose-{language}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_word_longer_than_a_phone_is_wide_is_broken(opened):
    page = opened("many_arms", WIDTHS["phone"])
    texts = "h1, h2, h3, p:not(:has(*)), li:not(:has(*)), dd, dt, figcaption, caption span, th"
    change = "e.textContent = 'arbeidsongeschiktheids'.repeat(5)"
    page.evaluate(f"document.querySelectorAll('{texts}').forEach(e => {{ {change} }})")
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS["phone"]


def test_letters_in_figures_keep_their_size_and_place(opened):
    for width in (320, 360, 820, 1200):
        page = opened("months", width)
        seen = page.evaluate(
            """() => [...document.querySelectorAll('#nl svg')].filter(s => s.getBoundingClientRect().width)
            .map(s => { const frame = s.getBoundingClientRect();
              return [...s.querySelectorAll('text')].map(t => { const box = t.getBoundingClientRect();
                return [parseFloat(getComputedStyle(t).fontSize) * frame.width / s.viewBox.baseVal.width,
                        box.left >= frame.left - 1 && box.right <= frame.right + 1
                          && box.bottom <= frame.bottom + 1,
                        t.textContent]; }) }).flat()"""
        )
        assert seen
        assert min(size for size, _, _ in seen) >= SMALLEST_LETTERS * (0.85 if width < 360 else 1)
        assert [text for _, inside, text in seen if not inside] == []


def test_the_switch_shows_one_language_by_keyboard_and_without_script(chromium, made_up_report):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(made_up_report("two_arms"))
    assert page.locator("#nl").is_visible()
    assert not page.locator("#en").is_visible()
    page.locator("#choose-nl").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#en").is_visible()
    assert not page.locator("#nl").is_visible()
    context.close()


def test_paper_shows_the_chosen_language_and_cuts_nothing_off(opened):
    page = opened("many_arms", 1200)
    page.check("#choose-en")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 673, "height": 980})  # A4 less its margins, in CSS pixels
    assert not page.locator("header").is_visible()
    assert not page.locator("#nl").is_visible()
    wide = page.evaluate(
        """() => [...document.querySelectorAll('#en table, #en svg')]
        .filter(e => e.getBoundingClientRect().width)
        .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map(e => e.textContent.trim().slice(0, 60))"""
    )
    assert wide == []


def test_a_screen_reader_hears_one_language_and_each_figure_in_words(opened):
    page = opened("two_arms", 1200)
    heard = page.locator("main").aria_snapshot()
    assert "What was found" not in heard
    assert 'heading "Wat is gevonden" [level=2]' in heard
    assert "img" in heard
    assert "Gegarandeerde baan vergeleken met geen aanbod: hoger" in heard
