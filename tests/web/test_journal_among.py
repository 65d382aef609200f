"""Rows by many values of a column at once, on both databases."""


def test_rows_are_found_by_any_of_many_texts_and_by_no_other(municipality, study):
    from opmaat.web.trial.models import Household

    names = ["h1", "H1", 'with "quotes", {braces} and \\', "100 % of 'them'", "één", "[1, 2]"]
    for name in names:
        Household(municipality=municipality, study=study, pseudonym=name, kind="single").save()
    mine = Household.objects.of(municipality)

    def found(wanted):
        return set(mine.filter(pseudonym__among=wanted).values_list("pseudonym", flat=True))

    assert found(names) == set(names)
    assert found(dict.fromkeys(["h1", "één", "nobody"])) == {"h1", "één"}
    assert found([]) == set()
    many = [f"nobody {number}" for number in range(300_000)]
    assert found([*many, names[2]]) == {names[2]}
    assert mine.exclude(pseudonym__among=names[1:]).get().pseudonym == "h1"
    assert mine.filter(pseudonym__among=names[:3]).delete()[0] == 3
