"""Counts below ten: none is shown, and no sum of a table tells one, alone or together."""

from hypothesis import given
from hypothesis import strategies as st

from opmaat.pages.small_counts import hidden, hidden_in_table, merged

SHAPES = st.tuples(st.integers(2, 6), st.integers(2, 5))
COUNTS = st.one_of(st.integers(0, 12), st.integers(0, 200))


@st.composite
def tables(draw):
    rows, arms = draw(SHAPES)
    cells = [draw(st.lists(COUNTS, min_size=arms, max_size=arms)) for _ in range(rows)]
    return [[*row, sum(row)] for row in cells]


def exposed(counts, places):
    """Tell whether the total of a line tells its hidden counts."""
    inside = [counts[place] for place in places]
    return len(inside) == 1 or sum(inside) < 10


@given(st.lists(COUNTS, min_size=2, max_size=8))
def test_the_total_of_a_line_tells_no_small_count(counts):
    places = hidden(counts)
    assert {place for place, count in enumerate(counts) if count < 10} <= places
    assert not places or len(places) == len(counts) or not exposed(counts, places)


@given(tables(), st.booleans())
def test_no_sum_of_a_table_tells_a_small_count(table, with_first):
    places = hidden_in_table(table, first=len(table) - 1 if with_first else None)
    assert {(r, c) for r, row in enumerate(table) for c, count in enumerate(row) if count < 10} <= places
    columns = [list(column) for column in zip(*table, strict=True)]
    for r, row in enumerate(table):
        inside = [c for of, c in places if of == r]
        assert not inside or len(inside) == len(row) or not exposed(row, inside)
    for c, column in enumerate(columns):
        inside = [r for r, of in places if of == c]
        assert not inside or len(inside) == len(column) or not exposed(column, inside)


def test_with_large_totals_only_what_is_small_and_one_row_go():
    """As published of Wageningen: 110 left benefit, 16 withdrew, 284 remained; by arm made up."""
    table = [[28, 27, 28, 27, 110], [4, 4, 4, 4, 16], [71, 71, 71, 71, 284]]
    places = hidden_in_table(table, first=2)
    assert places == {(row, arm) for row in (1, 2) for arm in range(4)}


@given(st.dictionaries(st.text(max_size=3), COUNTS, min_size=1))
def test_what_is_told_as_one_is_ten_or_all(counts):
    names = merged(counts)
    assert {name for name, count in counts.items() if count < 10} <= names
    assert not names or sum(counts[name] for name in names) >= 10 or names == set(counts)
