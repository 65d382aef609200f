"""The page of the plan as a reader meets it: on a phone, at a desk and through a screen reader."""

import pytest

from opmaat.design.page.write import write_plan
from opmaat.design.plan import plan
from opmaat.protocol.load import load_protocol

pytestmark = pytest.mark.needs("chromium")

WIDTHS = {"phone": 360, "desk": 1200}
SMALLEST_LETTERS = 11


@pytest.fixture(scope="module")
def address(root, tmp_path_factory):
    protocol = load_protocol(root / "tests/unit/design/study")
    page, _ = write_plan(protocol, plan(protocol), tmp_path_factory.mktemp("plan"))
    return page.as_uri()


@pytest.fixture(params=WIDTHS.values(), ids=WIDTHS)
def opened(request, chromium, address):
    page = chromium.new_page(viewport={"width": request.param, "height": 800})
    asked = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(address)
    yield page
    assert asked == [address]
    page.close()


def test_page_fits_and_letters_in_figures_can_be_read(opened):
    width = opened.viewport_size["width"]
    for language in ("nl", "en"):
        opened.check(f"#choose-{language}")
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        figures = opened.evaluate(
            """language => [...document.querySelectorAll(`#${language} svg`)]
            .filter(svg => svg.getBoundingClientRect().width)
            .map(svg => {
              const frame = svg.getBoundingClientRect();
              const texts = [...svg.querySelectorAll('text')];
              return {
                smallest: Math.min(...texts.map(text => parseFloat(getComputedStyle(text).fontSize)))
                  * frame.width / svg.viewBox.baseVal.width,
                outside: texts.map(text => text.getBoundingClientRect())
                  .filter(box => box.left < frame.left - 1 || box.right > frame.right + 1).length,
              };
            })""",
            language,
        )
        assert len(figures) == 3
        for figure in figures:
            assert figure["smallest"] >= SMALLEST_LETTERS
            assert figure["outside"] == 0


@pytest.mark.needs("axe")
def test_no_axe_violations_in_either_language(opened, axe_source):
    for language in ("nl", "en"):
        opened.check(f"#choose-{language}")
        opened.evaluate(axe_source)
        found = opened.evaluate("axe.run(document)")["violations"]
        assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found] == []
