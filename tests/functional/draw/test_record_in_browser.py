"""The record of a draw as it is seen and printed: it needs no other file, fits, and is accessible."""

import pytest

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def address(make_study, make_register):
    study = make_study()
    study.hold(make_register(120))
    return (study.home / "draw" / "record.html").as_uri()


@pytest.fixture(params=[360, 1100], ids=["phone", "desk"])
def opened(request, chromium, address):
    page = chromium.new_page(viewport={"width": request.param, "height": 900})
    asked = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(address)
    yield page
    assert asked == [address]
    page.close()


@pytest.mark.needs("axe")
def test_record_fits_and_is_accessible_in_both_languages(opened, axe_source):
    assert opened.evaluate("document.documentElement.scrollWidth") <= opened.viewport_size["width"]
    headings = [heading.inner_text() for heading in opened.query_selector_all("h1")]
    assert headings == ["Verslag van een loting: Verzonnen", "Record of a draw: Made up"]
    opened.evaluate(axe_source)
    found = opened.evaluate("axe.run(document)")["violations"]
    assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found] == []
    assert "10 september 2017" in opened.inner_text("#nl")
    assert "613" in opened.inner_text("#en")
