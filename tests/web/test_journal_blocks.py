"""A block of events says the very thing that the same events one by one say."""

from datetime import date


def test_a_block_is_written_once_whole_and_as_the_events_one_by_one_would_be(municipality, study):
    from opmaat.web.gateway.events import kinds
    from opmaat.web.journal.actions import Fact
    from opmaat.web.journal.blocks import record_block
    from opmaat.web.journal.models import Entry
    from opmaat.web.journal.queries import verify_chain
    from opmaat.web.journal.replay import differences

    def block(payload, households):
        facts = {
            f"{payload.kind} {name}": Fact(
                study=study.name, household=name, person=None, payload=payload, valid_from=date(2018, 11, 12)
            )
            for name in households
        }
        return record_block(facts, municipality=municipality, actor="system:0000")

    names = [f"{number:032x}" for number in range(9)]
    assert block(kinds.Drawn(), names[:6]) == []
    assert block(kinds.Drawn(), names) == []
    refused = block(kinds.Started(), names)
    assert [fact.household for fact in refused] == names, "nobody was told an arm yet"
    assert block(kinds.Invited(), names[3:]) == []
    assert Entry.objects.of(municipality).count() == 15
    assert verify_chain(municipality).is_whole
    assert list(differences(municipality)) == []
