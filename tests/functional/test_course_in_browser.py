"""Reports of the course and the summary as a reader meets them: phone, desk, paper, screen reader."""

import importlib.util

import pytest

from opmaat.report.sources import FILE_NAMES, Sources
from opmaat.report.write import write_reports

pytestmark = pytest.mark.needs("chromium")

SMALLEST_LETTERS = 11


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    """Every kind of report of a made-up trial."""
    source = root / "tests/unit/report/made_up_course.py"
    spec = importlib.util.spec_from_file_location("made_up_course_seen", source)
    trial = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(trial)
    lock = trial.lock()
    folder = tmp_path_factory.mktemp("course")
    write_reports(Sources(lock, trial.estimates(lock), trial.course(lock)), folder)
    return folder


@pytest.fixture
def opened(chromium, folder):
    """Return a function that opens one kind of report."""
    pages = []

    def open_report(kind, width):
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.goto((folder / FILE_NAMES[kind]).as_uri())
        pages.append(page)
        return page

    yield open_report
    for page in pages:
        page.close()


@pytest.mark.needs("axe")
@pytest.mark.parametrize(("kind", "width"), [("final", 360), ("interim", 1200), ("summary", 360)])
def test_no_axe_violations_and_no_scrolling_sideways(opened, axe_source, kind, width):
    page = opened(kind, width)
    page.evaluate(axe_source)
    for language in ("nl", "en"):
        page.check(f"#choose-{language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = page.evaluate("axe.run(document)")["violations"]
        assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize("width", [360, 800])
def test_letters_in_figures_keep_their_size_and_place(opened, width):
    page = opened("interim", width)
    for language in ("nl", "en"):
        page.check(f"#choose-{language}")
        seen = page.evaluate(
            """language => [...document.querySelectorAll(`#${language} svg`)]
            .filter(svg => svg.getBoundingClientRect().width)
            .flatMap(svg => {
              const frame = svg.getBoundingClientRect();
              return [...svg.querySelectorAll('text')].map(text => {
                const box = text.getBoundingClientRect();
                const size = parseFloat(getComputedStyle(text).fontSize);
                const inside = box.left >= frame.left - 1 && box.right <= frame.right + 1
                  && box.bottom <= frame.bottom + 1 && box.top >= frame.top - 1;
                return [size * frame.width / svg.viewBox.baseVal.width, inside, text.textContent];
              });
            })""",
            language,
        )
        assert len(seen) > 100
        assert min(size for size, _, _ in seen) >= SMALLEST_LETTERS
        assert [text for _, inside, text in seen if not inside] == []


@pytest.mark.parametrize("width", [360, 1200])
def test_words_in_the_diagram_stay_in_their_box(opened, width):
    page = opened("interim", width)
    out = page.evaluate(
        """() => [...document.querySelectorAll('#nl-flow svg')]
        .filter(svg => svg.getBoundingClientRect().width)
        .flatMap(svg => {
          const boxes = [...svg.querySelectorAll('rect')].map(rect => rect.getBoundingClientRect());
          return [...svg.querySelectorAll('text')].filter(text => {
            const place = text.getBoundingClientRect();
            return !boxes.some(box => place.left >= box.left && place.right <= box.right
              && place.top >= box.top && place.bottom <= box.bottom);
          }).map(text => text.textContent);
        })"""
    )
    assert out == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_summary_is_one_sheet_of_paper(opened, language):
    page = opened("summary", 1200)
    page.check(f"#choose-{language}")
    sheets = page.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n")
    assert sheets == 1


def test_a_screen_reader_hears_the_flow_and_where_the_numbers_are(opened):
    heard = opened("progress", 1200).locator("main").aria_snapshot()
    assert 'heading "Hoe ver kwamen de huishoudens" [level=2]' in heard
    assert 'img "Stroomdiagram. Geloot: 890 huishoudens.' in heard
    assert "Het toetst geen effect" in heard
