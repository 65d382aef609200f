"""The page as a whole: one file, two languages, every number from an estimate, every link in its chain."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from opmaat.core.errors import ReceiptMismatchError
from opmaat.pages.numbers import MINUS
from opmaat.protocol.arms import ExemptionArm, GuidanceArm
from opmaat.protocol.assignment import Clustered, Complete
from opmaat.protocol.data import ArmColumn, Data, DataFile
from opmaat.report.findings import bounds
from opmaat.report.measures import table_interval, table_number
from opmaat.report.receipts import digest_without_receipts, is_as_written, read_receipts
from opmaat.report.sections.effects import effects
from opmaat.report.sections.found import found_groups
from opmaat.report.sections.planned import planned
from opmaat.report.sources import Sources
from opmaat.report.view import view_in
from opmaat.report.write import render_report, write_report

VOID = {"meta", "input", "br", "link", "img", "hr"}


class Page(HTMLParser):
    """Collects what the tests ask, and insists that tags close in order."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.ids, self.words, self.headings = [], [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        self.tags.append((tag, known))
        if "id" in known:
            self.ids.append(known["id"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open and "script" not in self.open:
            self.words.append(data)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_nothing_comes_from_elsewhere(html, page):
    for tag, attributes in page.tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "image", "use"}
        assert not {"src", "srcset", "xlink:href", "formaction"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        if "href" in attributes:
            assert attributes["href"].startswith("#")
    assert "url(" not in html
    assert "@import" not in html
    scripts = [attributes for tag, attributes in page.tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "opmaat-receipts"}]


def test_ids_links_labels_and_headings(page):
    assert len(page.ids) == len(set(page.ids))
    for _, attributes in page.tags:
        if "href" in attributes:
            assert attributes["href"][1:] in page.ids
        if "aria-labelledby" in attributes:
            assert attributes["aria-labelledby"] in page.ids
    assert all(later <= earlier + 1 for earlier, later in zip(page.headings, page.headings[1:], strict=False))
    images = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert all(a["role"] == "img" and len(a["aria-label"]) > 40 for a in images)


def test_both_languages_are_there(page):
    parts = {attributes.get("lang") for tag, attributes in page.tags if tag == "div"}
    assert {"nl", "en"} <= parts
    ids = set(page.ids)
    assert {name.replace("nl-", "en-", 1) for name in ids if name.startswith("nl-")} <= ids


def test_same_input_same_bytes_whatever_the_order_of_its_mappings(made_up, rendered):
    lock, estimates = made_up.months()
    turned = replace(
        estimates,
        drawn=dict(reversed(estimates.drawn.items())),
        estimates=tuple(replace(e, means=dict(reversed(e.means.items()))) for e in estimates.estimates),
    )
    assert render_report(Sources(lock, turned)) == rendered("months")


def test_hostile_labels_stay_text(made_up, rendered):
    html = rendered("months")
    assert "<script>alert" not in html
    assert made_up.HOSTILE in "".join(Page(html).words)


def test_every_number_in_the_tables_is_that_of_its_estimate(study):
    lock, estimates = study
    for language in ("nl", "en"):
        view = view_in(language, lock, estimates)
        rows = [row for part in effects(view) for block in part.blocks for row in block.table.rows]
        printed = sorted((row[1], row[2], row[4]) for row in rows)
        assert printed == sorted(expected_cells(view, e) for e in estimates.estimates)


def expected_cells(view, estimate):
    measure = view.measures[estimate.outcome]
    factor = 100 if measure.reading == "points" else 1
    cells = (
        table_number(factor * estimate.point, measure.table_decimals, view.wording),
        table_number(factor * estimate.std_error, measure.table_decimals, view.wording),
    )
    for cell, value in zip(cells, (estimate.point, estimate.std_error), strict=True):
        assert as_number(cell, view.language) == pytest.approx(
            factor * value, abs=0.5001 * 10**-measure.table_decimals
        )
    return (*cells, table_interval(estimate.interval, measure, view.wording))


def as_number(text, language):
    plain = text.replace(".", "").replace(",", ".") if language == "nl" else text.replace(",", "")
    return float(plain.replace(MINUS, "-"))


def test_figures_hold_the_numbers_of_the_sentences(made_up):
    lock, estimates = made_up.many_arms()
    view = view_in("en", lock, estimates)
    first = effects(view)[0].blocks[0].figure
    for estimate in estimates.estimates[:6]:
        low, high = (view.measures["weeks"].shown(end) for end in bounds(estimate.simultaneous))
        assert f"at once: {low:.1f} to {high:.1f}".replace("-", MINUS) in first.wide


def test_receipts_lead_back(made_up, tmp_path):
    lock, estimates = made_up.two_arms()
    receipt = write_report(lock, estimates, tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert read_receipts(html) == ({"estimates": estimates.receipt}, receipt)
    assert receipt.inputs == {"estimates": estimates.receipt.output, "seal of protocol.lock": lock.seal()}
    assert receipt.previous == estimates.receipt.digest()
    assert digest_without_receipts(html) == receipt.output
    assert digest_without_receipts(html.replace("Opmaat", "opmaat", 1)) != receipt.output


def test_every_byte_of_the_page_and_its_receipts_counts(rendered):
    html = rendered("two_arms")
    assert is_as_written(html)
    start = html.index(BLOCK) + len(BLOCK)
    for place in [*range(start, html.index("</script>", start), 7), 5, len(html) - 2]:
        other = "x" if html[place] != "x" else "y"
        assert not still_whole(html[:place] + other + html[place + 1 :])


def still_whole(html):
    try:
        return is_as_written(html)
    except ReceiptMismatchError:
        return False


BLOCK = '<script type="application/json" id="opmaat-receipts">'


@pytest.mark.parametrize(
    "damaged",
    [
        lambda html: html.replace(BLOCK, "<script>"),
        lambda html: html + BLOCK + "[]</script>",
        lambda html: html.replace(BLOCK, BLOCK + "x"),
        lambda html: re.sub(
            re.escape(BLOCK) + ".*?</script>", BLOCK + json.dumps([{}, {}]) + "</script>", html
        ),
        lambda html: re.sub(re.escape(BLOCK) + ".*?</script>", BLOCK + "[1, 2]</script>", html),
    ],
    ids=["no block", "two blocks", "not JSON", "empty receipts", "no receipts"],
)
def test_damaged_receipts_are_refused(rendered, damaged):
    with pytest.raises(ReceiptMismatchError):
        read_receipts(damaged(rendered("two_arms")))


def test_estimates_of_another_protocol_are_refused(made_up):
    lock, _ = made_up.two_arms()
    _, other = made_up.late()
    with pytest.raises(ReceiptMismatchError, match="another protocol"):
        Sources(lock, other)


def test_the_plan_and_its_changes_are_told(rendered):
    words = "".join(Page(rendered("months")).words)
    for part in (
        "Exempt from the duty to work, the duty to take part in reintegration and the duty of a service",
        "50% of earnings is not counted, up to €\u00a0219.50 a month, for 24 months.",
        "The protocol was changed once after it was frozen on 1 March 2026.",
        "De wijkteams zijn samengevoegd.",
        "Planned, but not estimated: main (E24).",
        "1.412 rijen: jonger dan 27 jaar",
        "One value for everyone (analysis: main): covariate 'age'",
        "12 of 205 (5.9%)",
    ):
        assert part.lower() in words.lower(), part


def test_a_protocol_that_was_kept_says_so(rendered):
    words = "".join(Page(rendered("two_arms")).words)
    assert "Na het vastleggen is niets aan het protocol veranderd." in words


def with_protocol(study, **changes):
    lock, estimates = study
    return replace(lock, protocol=replace(lock.protocol, **changes)), estimates


def with_data(study, **columns):
    """The study with a data file, and analyses that leave clusters and strata to the draw."""
    protocol = study[0].protocol
    file, arm = DataFile(path="people.csv"), ArmColumn(column="arm", values={"c": "control"})
    analyses = tuple(replace(a, errors="cr2", strata=None, cluster=None) for a in protocol.analyses)
    return with_protocol(study, data=Data(file=file, arm=arm, **columns), analyses=analyses)


@pytest.mark.parametrize(
    ("columns", "changes", "told", "untold"),
    [
        ({"household": "hh"}, {}, ["Clustered by household."], ["strata"]),
        ({"cluster": "office"}, {}, ["Clustered by cluster."], []),
        (
            {"household": "hh", "cluster": "office"},
            {"assignment": Clustered(method="clustered", by="office")},
            ["Clustered by cluster."],
            [],
        ),
        ({"strata": ("risk",)}, {}, ["Compared within strata, weighed by their size."], ["Clustered"]),
    ],
)
def test_what_is_done_by_default_is_told(made_up, columns, changes, told, untold):
    lock, estimates = with_protocol(with_data(made_up.two_arms(), **columns), **changes)
    words = planned(view_in("en", lock, estimates)).analyses.rows[0][1]
    for part in told:
        assert part in words
    for part in untold:
        assert part not in words


def test_the_reading_of_an_interval_names_the_confidence_of_the_study(made_up):
    for kind, level in (("two_arms", "95%"), ("months", "90%")):
        html = render_report(Sources(*made_up.STUDIES[kind]()))
        assert f"stands with it ({level})" in html
        assert f"het percentage erbij zegt ({level})" in html


def test_one_is_not_counted_as_several(made_up):
    study = made_up.months()
    text = study[0].protocol.title
    arms = dict(study[0].protocol.arms)
    arms["exemption"] = ExemptionArm(kind="exemption", label=text, duties=("work",), months=1)
    arms["both"] = GuidanceArm(kind="guidance", label=text, contacts_per_month=1)
    offers = {
        language: [row[1] for row in planned(view_in(language, *with_protocol(study, arms=arms))).arms.rows]
        for language in ("nl", "en")
    }
    assert "Exempt from the duty to work, for 1 month." in offers["en"]
    assert "1 contact a month." in offers["en"]
    assert "1 contact per maand." in offers["nl"]
    assert any(offer.endswith("1 maand lang.") for offer in offers["nl"])


def with_estimates(study, change):
    lock, estimates = study
    return lock, replace(estimates, estimates=tuple(change(e) for e in estimates.estimates))


def of_size(study, size):
    """The same study, measured in another unit."""

    def changed(estimate):
        ends = {"low": estimate.interval.low * size, "high": estimate.interval.high * size}
        return replace(
            estimate,
            point=estimate.point * size,
            std_error=estimate.std_error * size,
            interval=replace(estimate.interval, **ends),
            simultaneous=None,
            first_stage=None,
            means={arm: mean * size for arm, mean in estimate.means.items()},
        )

    return with_estimates(study, changed)


@pytest.mark.parametrize("size", [1e-13, 1e-6, 1e6, 1e14])
def test_numbers_of_any_size_stay_short_and_never_read_as_nothing(made_up, size):
    view = view_in("en", *of_size(made_up.many_arms(), size))
    for part in effects(view):
        for block in part.blocks:
            for row in block.table.rows:
                assert set(row[1]) - set("0.,-" + MINUS), row
                assert max(len(word) for word in " ".join(row[1:5]).split()) <= 18, row
            labels = re.findall(r">([-\u2212\d.,]+)</text>", block.figure.narrow)
            assert labels
            assert max(map(len, labels)) <= 8
            assert "×" in block.figure.narrow


def test_a_draw_that_decides_on_taking_up_is_not_told_in_powers_of_ten(made_up):
    lock, estimates = made_up.late()
    all_took_up = tuple(
        e if e.first_stage is None else replace(e, first_stage=replace(e.first_stage, f_statistic=3e31))
        for e in estimates.estimates
    )
    parts = effects(view_in("en", lock, replace(estimates, estimates=all_took_up)))
    tables = [block.first_stage for part in parts for block in part.blocks if block.first_stage]
    assert {row[3] for table in tables for row in table.rows} == {"> 1,000,000"}


def test_each_interval_names_its_own_confidence_where_they_differ(made_up):
    study = made_up.two_arms()
    estimates = study[1].estimates
    other = replace(estimates[0], interval=replace(estimates[0].interval, confidence=0.9975))
    view = view_in("en", study[0], replace(study[1], estimates=(other, *estimates[1:])))
    tables = [block.table for part in effects(view) for block in part.blocks]
    (mixed,) = [t for t in tables if any("(99.75%)" in cell for row in t.rows for cell in row)]
    assert "Interval" in [column.heading for column in mixed.columns]
    assert any("(95%)" in cell for row in mixed.rows for cell in row)


def test_taking_up_is_not_told_as_one_arm_against_another(made_up):
    for language, told in (
        ("en", "Taking up, where the draw was between"),
        ("nl", "Meedoen, bij een loting"),
    ):
        view = view_in(language, *made_up.late())
        late = [g for g in found_groups(view) if any(f.comparison.startswith(told) for f in g.findings)]
        assert late
        for group in late:
            assert all(finding.comparison.startswith(told) for finding in group.findings)


def test_equal_shares_are_not_promised(made_up):
    plan = Complete(method="complete")
    view = view_in("en", *with_protocol(made_up.two_arms(), assignment=plan))
    assert planned(view).draw.startswith("Everyone had the same chances of the arms as everyone else.")
