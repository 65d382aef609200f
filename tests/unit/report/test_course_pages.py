"""Reports of the course of a trial: what they show, what they never show, and the way back from them."""

import importlib.util
import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from opmaat.core.errors import ReceiptMismatchError, UsageError
from opmaat.evaluate.integrity import JoinedOfArm
from opmaat.protocol.freeze import write_lock
from opmaat.report.course.files import read_course, write_course
from opmaat.report.course.shown import course_shown
from opmaat.report.course.view import CourseView
from opmaat.report.estimates_files import write_estimates
from opmaat.report.receipts import read_receipts
from opmaat.report.sections.integrity import integrity_shown
from opmaat.report.sources import Sources
from opmaat.report.summary import summary
from opmaat.report.verify import walk_back
from opmaat.report.view import report_wording, view_in
from opmaat.report.write import render_report, write_reports

KINDS = ("final", "progress", "interim", "summary")


@pytest.fixture(scope="module")
def trial():
    source = Path(__file__).with_name("made_up_course.py")
    spec = importlib.util.spec_from_file_location("made_up_course", source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def lock(trial):
    return trial.lock()


@pytest.fixture(scope="module")
def sources(trial, lock):
    return Sources(lock, trial.estimates(lock), trial.course(lock))


@pytest.fixture(scope="module")
def pages(sources):
    return {kind: render_report(sources, kind) for kind in KINDS}


def shown_in(language, lock, course):
    return course_shown(CourseView(lock.protocol, course, report_wording(language)))


def tables_of(shown):
    """Return every table of a course that is about arms."""
    months = [one.table for one in shown.exits]
    single = [shown.flow.table, shown.reasons, shown.guidance.totals, shown.guidance.months, shown.response]
    return [*months, *single, shown.harms, *shown.choice, *(one.table for one in shown.scales)]


@pytest.mark.parametrize("kind", ["progress", "interim"])
def test_a_report_before_the_end_tests_nothing(pages, kind):
    text = re.sub(r"<style>.*?</style>|<script.*?</script>|<[^>]*>", " ", pages[kind], flags=re.DOTALL)
    assert "Het toetst geen effect" in text
    assert "It tests no effect" in text
    for word in ("aangetoond", "no difference shown", "95%", "p =", "schatting", "betrouwbaar"):
        assert word not in text, word


def test_a_report_before_the_end_is_the_same_whether_there_are_estimates_or_not(sources, pages, lock):
    assert render_report(Sources(lock, course=sources.course), "interim") == pages["interim"]


def test_the_reference_population_never_stands_beside_an_arm(sources, lock):
    shown = shown_in("en", lock, sources.course)
    for table in tables_of(shown):
        words = [column.heading for column in table.columns] + [row[0] for row in table.rows]
        assert not any("eference" in word for word in words), table.caption
    for one in shown.reference:
        assert [column.heading for column in one.table.columns[1:]] == ["reference population"]
        assert "rdinary" not in one.figure.wide + one.figure.narrow
    for one in shown.exits:
        assert "eference" not in one.figure.wide + one.figure.narrow


def test_no_count_below_ten_is_shown_and_none_can_be_subtracted(sources, lock, trial):
    shown = shown_in("en", lock, sources.course)
    for table in tables_of(shown):
        counts = [column.kind == "number" for column in table.columns]
        for row in table.rows:
            for cell in (cell for cell, is_count in zip(row[1:], counts[1:], strict=True) if is_count):
                alone = re.fullmatch(r"\d", cell) or re.search(r"\(\d\)$", cell)
                assert not alone, (table.caption, row)
    rows = {row[0]: row[1:] for row in shown.flow.table.rows}
    assert rows["Off benefit"] == ("39", "43", "47", "51", "55", "235")
    assert rows["Otherwise out of it"] == (*5 * ["<10"], "15"), "3 moved away and 0 removed in each arm"
    assert rows["On benefit and in the experiment"] == (*5 * ["not shown"], "240")
    options = dict(shown.choice[0].rows)
    assert options == {
        "Exemption from the duty to work": "41",
        "Intensive guidance": "<10",
        "Keep more of earnings": "33",
        "no choice yet": "not shown",
    }
    means = [row for one in shown.scales for row in one.table.rows if row[0].startswith("Midline")]
    assert {row[-1] for row in means} == {"not shown (<10)"}


def test_lines_hold_the_shares_of_the_table_from_the_first_that_may_be_told(sources, lock):
    shown = shown_in("en", lock, sources.course)
    first = shown.exits[0]
    control = [row[1] for row in first.table.rows]
    told = [cell for cell in control if cell != "<10"]
    assert control[:2] == ["<10", "<10"]
    assert [row[0] for row in first.table.rows] == [str(month) for month in range(1, 25)]
    path = re.search(
        r'<path d="M([^"]*)" fill="none" stroke="[^"]*" stroke-width="2.5" stroke-dasharray="7 4"',
        first.figure.wide,
    )
    heights = [float(point.split()[1]) for point in path[1].split("L")]
    assert len(heights) == len(told)
    shares = [float(cell.partition("%")[0]) for cell in told]
    assert all(
        (a < b) == (x > y) or a == b
        for (a, b), (x, y) in zip(pairwise(shares), pairwise(heights), strict=True)
    )
    for one in (*shown.exits, *shown.reference):
        assert f"{one.table.rows[-1][1].partition(' ')[0]} in month 24" in one.figure.alt


def test_everyone_drawn_is_analysed_and_the_diagram_says_what_the_table_says(sources, lock):
    shown = shown_in("nl", lock, sources.course)
    rows = {row[0]: row[1:] for row in shown.flow.table.rows}
    assert rows["Gevolgd in de registers"] == rows["Geloot"]
    for drawing in (shown.flow.figure.narrow, shown.flow.figure.wide):
        told = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", drawing)).replace("\u00a0", " ")
        told = re.sub(r"\s+", " ", told)
        for started in rows["Begonnen"]:
            assert f"Begonnen: {started}" in told
        assert "In de bijstand en in het experiment: 240" in told
    assert "890 huishoudens" in shown.flow.figure.alt


def test_with_the_flow_that_wageningen_published_the_diagram_says_that_284_remain(sources, lock, trial):
    """Published: 410 started, 110 exited, 16 withdrew. The split over five arms is made up."""
    started, exited, withdrew = (82,) * 5, (22,) * 5, (3, 3, 3, 3, 4)
    arms = tuple(
        replace(
            arm,
            flow=replace(
                arm.flow,
                started=started[place],
                exited={"work": exited[place]},
                withdrew=withdrew[place],
                moved_away=0,
                remaining=started[place] - exited[place] - withdrew[place],
            ),
        )
        for place, arm in enumerate(sources.course.arms)
    )
    shown = shown_in("en", lock, trial.signed(replace(sources.course, arms=arms)))
    together = {row[0]: row[-1] for row in shown.flow.table.rows}
    assert together["Started"] == "410"
    assert together["Off benefit"] == "110"
    assert together["Withdrew, moved or was removed"] == "16"
    assert together["On benefit and in the experiment"] == "284"
    for drawing in (shown.flow.figure.narrow, shown.flow.figure.wide):
        assert "On benefit and in the experiment:\u00a0284" in drawing


def test_invitation_before_a_draw_after_consent_is_no_step_after_it(sources, lock, trial):
    protocol = replace(lock.protocol, assignment=replace(lock.protocol.assignment, timing="after_consent"))
    shown = course_shown(CourseView(protocol, sources.course, report_wording("en")))
    assert [row[0] for row in shown.flow.table.rows][:3] == ["Drawn", "Was told the arm", "Started"]


def test_the_summary_claims_no_more_than_the_interval(sources):
    said = {
        arm.title: (arm.sure[0].word, arm.sure[0].sentence)
        for arm in summary("en", sources, sources.estimates).arms
    }
    assert said["Intensive guidance"][0] == "higher"
    assert "between 4 and 20 more of 100 people" in said["Intensive guidance"][1]
    word, sentence = said["Exemption from the duty to work"]
    assert word == "no difference shown"
    assert sentence == ("The data fit anything between 7 fewer and 9 more of 100 people.")
    word, sentence = said["Keep more of earnings"]
    assert word == "no difference shown"
    assert sentence.endswith("Taken together this difference is not shown.")
    dutch = [arm.sure[0].word for arm in summary("nl", sources, sources.estimates).arms]
    assert dutch.count("geen verschil aangetoond") == 3


def test_the_summary_shows_no_mean_of_a_few_people(sources, lock, trial):
    few = [
        replace(estimate, means=dict.fromkeys(estimate.means, 0.03))
        for estimate in sources.estimates.estimates
    ]
    estimates = trial.studies.with_estimates(sources.estimates, few)
    for arm in summary("en", Sources(lock, estimates), estimates).arms:
        assert arm.saw == ("Off benefit to work after 24 months: no numbers by arm are shown here.",)


def test_the_final_report_has_all_sections_in_both_languages(pages):
    for language in ("nl", "en"):
        sections = re.findall(rf'<section id="{language}-(\w+)"', pages["final"])
        links = re.findall(rf'<a href="#{language}-(\w+)"', pages["final"])
        assert sections == links
        for name in (
            "flow",
            "exits",
            "guidance",
            "choice",
            "waves",
            "harms",
            "balance",
            "reference",
            "integrity",
        ):
            assert name in sections
        assert sections.index("reference") > sections.index("effects")


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_unique_and_tags_close(pages, kind):
    ids = re.findall(r' id="([^"]+)"', pages[kind])
    assert len(ids) == len(set(ids))
    assert pages[kind].count("<div") == pages[kind].count("</div>")
    assert pages[kind].count("<section") == pages[kind].count("</section>")
    assert "url(" not in pages[kind]


@pytest.fixture
def study(tmp_path, lock, sources):
    """A frozen study with every report in its results."""
    write_lock(lock, tmp_path)
    results = tmp_path / "results"
    results.mkdir()
    write_estimates(sources.estimates, results)
    write_course(sources.course, results)
    write_reports(sources, results)
    return tmp_path


def test_every_report_leads_back_to_what_it_was_made_from(study):
    expected = {
        "report.html": {"estimates", "course"},
        "summary.html": {"estimates", "course"},
        "progress.html": {"course"},
        "interim.html": {"course"},
    }
    for name, made_from in expected.items():
        walk = walk_back(study / "results" / name, study)
        assert walk.issues == ()
        assert set(read_receipts((study / "results" / name).read_text(encoding="utf-8"))[0]) == made_from
        assert walk.links[-1].startswith(f"{name}: the same when written again")
        assert (walk.estimates is None) == ("estimates" not in made_from)
        assert "course.json: as it was written" in walk.links


def changed_number(file):
    content = json.loads(file.read_text(encoding="utf-8"))
    content["arms"][0]["households"] += 1
    file.write_text(json.dumps(content), encoding="utf-8")


def other_spacing(file):
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8"))), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (changed_number, "damaged-course"),
        (other_spacing, "changed-course"),
        (lambda file: file.write_text("[1]", encoding="utf-8"), "damaged-course"),
        (lambda file: file.write_bytes(b"\xff"), "damaged-course"),
        (lambda file: file.unlink(), "unreadable-course"),
    ],
    ids=["number", "spacing", "no object", "no text", "absent"],
)
def test_a_course_that_is_not_as_written_is_found(study, change, code):
    change(study / "results" / "course.json")
    issues = walk_back(study / "results" / "interim.html", study).issues
    assert [issue.code for issue in issues] == [code]


def test_a_report_of_one_kind_cannot_pass_for_another(study):
    page = study / "results" / "progress.html"
    html = page.read_text(encoding="utf-8").replace(
        '"opmaat-report" content="progress"', '"opmaat-report" content="interim"'
    )
    page.write_text(html, encoding="utf-8")
    assert "changed-report" in [issue.code for issue in walk_back(page, study).issues]


def test_integrity_is_told_without_small_counts_and_as_no_effect(pages):
    text = re.sub(r"<[^>]*>", " ", pages["final"])
    assert "They are not about an effect." in text
    common = "By the draw alone, a difference of this size or larger is nothing special"
    assert f"Does every arm have its share in every stratum? {common}" in text
    rare = "By the draw alone, a difference of this size or larger is rare"
    assert re.search(rf"alike from arm to arm, on all covariates together\? {rare} .*p = 0.004", text)
    rows = re.findall(
        r'<table>\s*<caption><span id="en-integrity-1-1">.*?</table>', pages["final"], re.DOTALL
    )
    cells = re.findall(r'<td class="number">([^<]*)</td>', rows[0])
    assert "&lt;10" in cells
    assert "7" not in cells
    assert cells[2::3] == 5 * ["not available"], "the expected number would tell the small one"


def test_where_everybody_joined_joining_is_not_tested(sources, lock):
    view = view_in("en", lock, sources.estimates)
    (found,) = sources.course.integrity
    joined = tuple(JoinedOfArm(arm=arm, joined=9, others=0, rows=()) for arm in found.drawn)
    shown = integrity_shown(view, replace(found, joined=joined))
    assert shown.sentences[-1].startswith("Everybody who was drawn joined.")
    assert shown.ratios == ()


def test_a_question_that_the_data_cannot_answer_is_told_with_its_reason(pages):
    for reason in ("in een laag ontbreekt een groep", "an arm is missing from a stratum"):
        assert reason in pages["final"]


def test_what_is_written_is_read_back(sources, tmp_path):
    write_course(sources.course, tmp_path)
    assert read_course(tmp_path) == sources.course


def test_sources_have_to_be_of_the_protocol_and_there(sources, lock, trial):
    receipt = replace(sources.course.receipt, protocol="sha256:other")
    with pytest.raises(ReceiptMismatchError, match="course was made from another protocol"):
        Sources(lock, course=replace(sources.course, receipt=receipt))
    with pytest.raises(UsageError, match=r"There is no estimates.json") as told:
        render_report(Sources(lock, course=sources.course), "summary")
    assert "progress, interim" in told.value.issues[0].fix


def test_a_course_without_events_and_answers_is_shown_as_far_as_it_goes(sources, lock, trial):
    bare = [
        replace(
            arm,
            flow=None,
            guidance=(),
            scores=(),
            response=(),
            chosen={},
            harms={},
            exit_reasons={},
            benefit=(),
        )
        for arm in sources.course.arms
    ]
    course = trial.signed(replace(sources.course, arms=tuple(bare), reference=None))
    html = render_report(Sources(lock, course=course), "interim")
    assert re.findall(r'<section id="nl-(\w+)"', html) == ["exits", "receipts"]
