from dataclasses import replace

import pytest

from assetql.domain.errors import NotFound
from assetql.domain.thread import InboxMessage, MessageKind, Thread
from assetql.ports import Stores
from tests.contract.races import race
from tests.contract.values import MINUTE, RIVAL, START, STUDIO, a_message


def test_positions_count_from_one_in_each_thread(stores: Stores) -> None:
    posted = [stores.inbox.post(a_message(f"msg_{n}")) for n in range(3)]
    assert posted == [replace(a_message(f"msg_{n}"), position=n + 1) for n in range(3)]
    other = stores.inbox.post(a_message("msg_0", thread_id="thr_2"))
    theirs = stores.inbox.post(a_message("msg_0", RIVAL))
    assert (other.position, theirs.position) == (1, 1)
    assert stores.inbox.after(STUDIO, "thr_1", 0) == tuple(posted)
    assert stores.inbox.after(STUDIO, "thr_1", 2) == (posted[2],)
    assert stores.inbox.after(STUDIO, "thr_1", 3) == ()
    assert stores.inbox.after(RIVAL, "thr_1", 0) == (theirs,)


def test_a_message_is_posted_once(stores: Stores) -> None:
    first = stores.inbox.post(a_message("msg_1"))
    stores.inbox.post(a_message("msg_2"))
    assert stores.inbox.post(a_message("msg_1", text="again")) == first
    assert len(stores.inbox.after(STUDIO, "thr_1", 0)) == 2


def test_messages_at_once_are_all_kept_in_order(stores: Stores) -> None:
    posted = race(8, lambda n: stores.inbox.post(a_message(f"msg_{n}")))
    kept = stores.inbox.after(STUDIO, "thr_1", 0)
    assert [message.position for message in kept] == list(range(1, 9))
    assert sorted(posted, key=lambda message: message.position) == list(kept)


def test_one_message_posted_many_times_at_once_is_one(stores: Stores) -> None:
    posted = race(8, lambda n: stores.inbox.post(a_message(text=str(n))))
    assert stores.inbox.after(STUDIO, "thr_1", 0) == (posted[0],)
    assert all(message == posted[0] for message in posted)


def test_threads_are_newest_activity_first(stores: Stores) -> None:
    stores.inbox.post(a_message("msg_1", thread_id="thr_1", created_at=START))
    stores.inbox.post(a_message("msg_2", thread_id="thr_2", created_at=START + MINUTE))
    stores.inbox.post(a_message("msg_3", thread_id="thr_1", created_at=START + 2 * MINUTE))
    stores.inbox.post(a_message("msg_4", RIVAL))
    threads = stores.inbox.threads(STUDIO)
    assert [thread.thread_id for thread in threads] == ["thr_1", "thr_2"]
    assert threads[0].updated_at == START + 2 * MINUTE
    assert stores.inbox.threads(STUDIO, limit=1) == threads[:1]
    assert stores.inbox.threads("nobody") == ()


def test_a_message_that_was_sent_earlier_moves_no_thread_back(stores: Stores) -> None:
    stores.inbox.post(
        a_message("m1", kind=MessageKind.NOTICE, text="Done.", created_at=START + MINUTE)
    )
    stores.inbox.post(a_message("m2", text="Make potions", created_at=START))
    (thread,) = stores.inbox.threads(STUDIO)
    assert (thread.title, thread.updated_at) == ("Make potions", START + MINUTE)


def test_a_thread_is_called_what_a_person_first_said(stores: Stores) -> None:
    stores.inbox.post(a_message("m1", kind=MessageKind.NOTICE, text="Done.", author="system"))
    stores.inbox.post(a_message("m2", text="  Make\n40   potions ", author="bo"))
    stores.inbox.post(a_message("m3", text="And tag them"))
    (thread,) = stores.inbox.threads(STUDIO)
    assert thread == Thread(
        workspace=STUDIO,
        thread_id="thr_1",
        title="Make 40 potions",
        created_by="system",
        updated_at=START,
    )


def test_one_thread_is_found(stores: Stores) -> None:
    assert stores.inbox.thread(STUDIO, "thr_1") is None
    stores.inbox.post(a_message("m1"))
    assert stores.inbox.threads(STUDIO) == (stores.inbox.thread(STUDIO, "thr_1"),)
    assert stores.inbox.thread(RIVAL, "thr_1") is None


def test_a_forgotten_thread_is_gone_for_good(stores: Stores) -> None:
    for message in (a_message("m1"), a_message("m2"), a_message("m1", thread_id="thr_2")):
        stores.inbox.post(message)
    theirs = stores.inbox.post(a_message("m1", RIVAL))
    for _ in range(2):
        stores.inbox.forget(STUDIO, "thr_1")
    assert stores.inbox.after(STUDIO, "thr_1", 0) == ()
    assert stores.inbox.thread(STUDIO, "thr_1") is None
    assert [thread.thread_id for thread in stores.inbox.threads(STUDIO)] == ["thr_2"]
    assert stores.inbox.after(RIVAL, "thr_1", 0) == (theirs,)
    for message_id in ("m1", "m3"):
        with pytest.raises(NotFound, match="thr_1"):
            stores.inbox.post(a_message(message_id))
    told = stores.inbox.post(a_message("m4", kind=MessageKind.NOTICE))
    assert (told.position, stores.inbox.after(STUDIO, "thr_1", 0)) == (0, ())


def begin(stores: Stores, message: InboxMessage, holder: str) -> tuple[InboxMessage, object]:
    posted, lease = stores.inbox.begin_turn(message, holder=holder, until=START + MINUTE, now=START)
    return posted, lease and (lease.holder, lease.token, lease.consumed)


def test_a_message_begins_a_turn_where_no_other_runs(stores: Stores) -> None:
    first, second = a_message("msg_1"), a_message("msg_2")
    assert begin(stores, first, "a") == (replace(first, position=1), ("a", 1, 0))
    assert begin(stores, second, "b") == (replace(second, position=2), None)
    assert stores.inbox.after(STUDIO, "thr_1", 0) == (
        replace(first, position=1),
        replace(second, position=2),
    )
    lease = stores.turns.get(STUDIO, "thr_1")
    assert lease
    assert (lease.holder, lease.until) == ("a", START + MINUTE)


def test_a_turn_begins_behind_what_earlier_ones_answered(stores: Stores) -> None:
    stores.inbox.post(a_message("msg_0", kind=MessageKind.NOTICE))
    for number, answered in enumerate([0, 1, 3]):
        new = a_message(f"msg_{number + 1}")
        assert begin(stores, new, "a") == (
            replace(new, position=number + 2),
            ("a", number + 1, answered),
        )
        lease = stores.turns.get(STUDIO, "thr_1")
        assert lease
        stores.turns.finish(lease, consumed=[1, 3, 4][number])


def test_a_turn_begins_over_one_whose_lease_ended(stores: Stores) -> None:
    begin(stores, a_message("msg_1"), "a")
    _, lease = stores.inbox.begin_turn(
        a_message("msg_2"), holder="b", until=START + 2 * MINUTE, now=START + MINUTE
    )
    assert lease
    assert (lease.holder, lease.token, lease.consumed) == ("b", 2, 0)


def test_a_message_that_was_there_begins_a_turn_too(stores: Stores) -> None:
    first = stores.inbox.post(a_message("msg_1"))
    assert begin(stores, a_message("msg_1"), "a") == (first, ("a", 1, 0))
    assert begin(stores, a_message("msg_1"), "b") == (first, None)
    assert stores.inbox.after(STUDIO, "thr_1", 0) == (first,)


def test_one_of_many_messages_begins_a_turn(stores: Stores) -> None:
    begun = race(8, lambda n: begin(stores, a_message(f"msg_{n}"), f"{n}"))
    assert sum(lease is not None for _, lease in begun) == 1
    assert sorted(message.position for message, _ in begun) == list(range(1, 9))


def test_nothing_begins_in_a_forgotten_thread(stores: Stores) -> None:
    begin(stores, a_message("msg_1"), "a")
    stores.inbox.forget(STUDIO, "thr_1")
    with pytest.raises(NotFound):
        begin(stores, a_message("msg_2"), "b")
