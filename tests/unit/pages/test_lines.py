"""Line charts: round axes, words that do not overlap, and a drawing that any label and size leaves whole."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opmaat.pages.lines import Band, Line, LineChart, apart, line_figure, round_axis

finite = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)


@given(st.lists(finite, min_size=1, max_size=6), st.sampled_from([0.01, 1, 100]))
def test_an_axis_holds_every_value_in_few_round_steps(values, least):
    axis = round_axis("", values, str, least=least)
    low, high = axis.ends
    room = 1e-6 * max(1, abs(low), abs(high))
    assert low <= min(values) + room
    assert high >= max(values) - room
    assert 2 <= len(axis.ticks) <= 8
    assert axis.ticks[0][0] == low
    assert axis.ticks[-1][0] == high


@given(st.lists(st.tuples(st.floats(0, 300), st.integers(1, 4)), min_size=1, max_size=6))
def test_words_beside_lines_keep_their_order_and_do_not_overlap(blocks):
    wanted = sorted(place for place, _ in blocks)
    heights = [18.0 * rows for _, rows in blocks]
    middles = apart(wanted, heights, within=(0, 500))
    for number in range(1, len(middles)):
        between = (heights[number - 1] + heights[number]) / 2
        assert middles[number] - middles[number - 1] >= between - 1e-6
    assert middles[-1] + heights[-1] / 2 <= 500 + 1e-6


@pytest.mark.parametrize("beside", [False, True])
def test_a_chart_is_whole_and_says_every_label(beside):
    labels = ["gewone aanpak & <script>", "extra begeleiding " * 6, "even hoog", "even hoog"]
    lines = [
        Line(label, [(0, 0.0), (24, 0.1 * (number // 2))], number - 1 if number else None)
        for number, label in enumerate(labels)
    ]
    axes = (round_axis("maanden", [0, 24], str, least=1), round_axis("deel", [0, 0.1], str, least=0.01))
    bands = [Band("hier minder", [(3, 9)])]
    figure = line_figure(
        LineChart(lines=lines, across=axes[0], upwards=axes[1], bands=bands, beside=beside),
        title="Uitstroom",
        alt='Van 0 tot "10%".',
    )
    for drawing in (figure.narrow, figure.wide):
        image = ElementTree.fromstring(drawing)
        assert image.attrib["role"] == "img"
        assert image.attrib["aria-label"] == 'Van 0 tot "10%".'
        told = " ".join(text.text for text in image.iter("text"))
        assert re.sub(r"\s+", " ", told).count("even hoog") == 2
        assert "<script>" in told
        strokes = [
            (path.get("stroke"), path.get("stroke-dasharray"))
            for path in image.iter("path")
            if path.get("stroke-width") == "2.5"
        ]
        assert len(set(strokes)) == len(lines)
