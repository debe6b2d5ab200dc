"""What a thread was told, as the doors of text show it."""

from agent.cards import notice_lines


def test_a_batch_that_has_ended_is_named_as_people_named_it() -> None:
    facts = {
        "kind": "batch",
        "batch_id": "bat_1",
        "name": "potions",
        "status": "PARTIAL",
        "counts": {"READY": 3, "FAILED": 1, "QUEUED": 0},
        "spent": 0.06,
    }
    assert notice_lines("bat_1 has ended: PARTIAL.", facts) == [
        "Batch 'potions' (bat_1) has ended: PARTIAL",
        "  3 READY, 1 FAILED; spent $0.06",
    ]


def test_any_other_news_is_told_in_its_own_words() -> None:
    assert notice_lines("apr_1: approved by ana.", {"kind": "approval"}) == [
        "apr_1: approved by ana."
    ]
