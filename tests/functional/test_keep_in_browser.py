"""The page of what one keeps as a reader meets it: on a phone, at a desk and through a screen reader."""

import pytest
from click.testing import CliRunner

from opmaat.cli.main import opmaat

pytestmark = pytest.mark.needs("chromium")

SMALLEST_LETTERS = 11


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    file = tmp_path_factory.mktemp("keep") / "keep.html"
    asked = [
        "keep",
        "--earnings",
        "0:1500",
        "--household",
        "couple",
        "--first-earns",
        "50",
        "--at",
        "2018-03",
    ]
    CliRunner(catch_exceptions=False).invoke(opmaat, [*asked, "--out", str(file)])
    return file.as_uri()


@pytest.fixture(params=[360, 1200])
def opened(request, chromium, address):
    page = chromium.new_page(viewport={"width": request.param, "height": 800})
    asked = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(address)
    yield page
    assert asked == [address]
    page.close()


def test_page_fits_and_letters_in_the_picture_can_be_read(opened):
    for language in ("nl", "en"):
        opened.check(f"#choose-{language}")
        assert opened.evaluate("document.documentElement.scrollWidth") <= opened.viewport_size["width"]
        pictures = opened.evaluate(
            """language => [...document.querySelectorAll(`#${language} svg`)]
            .filter(svg => svg.getBoundingClientRect().width)
            .map(svg => {
              const frame = svg.getBoundingClientRect();
              const texts = [...svg.querySelectorAll('text')];
              return {
                smallest: 12.5 * frame.width / svg.viewBox.baseVal.width,
                outside: texts.map(text => text.getBoundingClientRect())
                  .filter(box => box.left < frame.left - 1 || box.right > frame.right + 1).length,
              };
            })""",
            language,
        )
        assert len(pictures) == 1
        assert pictures[0]["smallest"] >= SMALLEST_LETTERS
        assert pictures[0]["outside"] == 0


@pytest.mark.needs("axe")
def test_no_axe_violations_in_either_language(opened, axe_source):
    for language in ("nl", "en"):
        opened.check(f"#choose-{language}")
        opened.evaluate(axe_source)
        found = opened.evaluate("axe.run(document)")["violations"]
        assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found] == []
