from dataclasses import replace
from datetime import datetime

import pytest

from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import Conflict
from assetql.ports import Stores
from tests.contract.races import race, succeeds
from tests.contract.values import MINUTE, RIVAL, START, STUDIO

KEYS = RecordKind.API_KEY


def a_record(
    key: str = "one", owner: str = STUDIO, *, expires_at: datetime | None = None, **document: object
) -> DoorRecord:
    return DoorRecord(
        owner=owner,
        kind=KEYS,
        key=key,
        created_at=START,
        document=document,
        expires_at=expires_at,
    )


def test_a_record_is_added_once(stores: Stores) -> None:
    first = a_record(said="ünï", nested={"list": [1, 2.5, None]})
    assert stores.doors.add(first, now=START) is None
    assert stores.doors.add(a_record(said="other"), now=START) == first
    assert stores.doors.get(STUDIO, KEYS, "one", now=START) == first
    assert stores.doors.get(STUDIO, KEYS, "", now=START) is None
    assert stores.doors.get(STUDIO, RecordKind.ANSWER, "one", now=START) is None


def test_one_of_many_adds_it(stores: Stores) -> None:
    found = race(8, lambda n: stores.doors.add(a_record(by=n), now=START))
    assert found.count(None) == 1
    assert {there.document["by"] for there in found if there} == {found.index(None)}


def test_what_expired_is_not_there(stores: Stores) -> None:
    old = a_record(expires_at=START + MINUTE)
    stores.doors.add(old, now=START)
    just_before = START + MINUTE * 0.999
    assert stores.doors.get(STUDIO, KEYS, "one", now=just_before) == old
    assert stores.doors.get(STUDIO, KEYS, "one", now=START + MINUTE) is None
    assert stores.doors.page(STUDIO, KEYS, now=START + MINUTE).items == ()
    assert stores.doors.add(a_record(new=True), now=just_before) == old
    assert stores.doors.add(a_record(new=True), now=START + MINUTE) is None
    assert stores.doors.get(STUDIO, KEYS, "one", now=START + MINUTE) == a_record(new=True)


def test_one_of_many_saves_the_next_version(stores: Stores) -> None:
    stores.doors.add(a_record(), now=START)
    versions = [replace(a_record(by=n), version=2) for n in range(6)]
    won = race(6, lambda n: succeeds(lambda: stores.doors.save(versions[n]), Conflict))
    assert won.count(True) == 1
    assert stores.doors.get(STUDIO, KEYS, "one", now=START) == versions[won.index(True)]
    with pytest.raises(Conflict, match="two"):
        stores.doors.save(replace(a_record("two"), version=2))


def test_a_deleted_record_is_gone(stores: Stores) -> None:
    stores.doors.add(a_record(), now=START)
    stores.doors.delete(STUDIO, KEYS, "one")
    stores.doors.delete(STUDIO, KEYS, "one")
    assert stores.doors.get(STUDIO, KEYS, "one", now=START) is None


def test_pages_come_in_order_of_the_keys(stores: Stores) -> None:
    keys = ["a", "a#1", "a%", "aa", "b", "ä", "😀"]
    for key in reversed(keys):
        stores.doors.add(a_record(key), now=START)
    stores.doors.add(a_record("b", RIVAL), now=START)
    found: list[str] = []
    cursor = None
    while len(found) < len(keys):
        page = stores.doors.page(STUDIO, KEYS, now=START, after=cursor, limit=2)
        found += [record.key for record in page.items]
        cursor = page.cursor
    assert cursor is None
    assert found == keys
    under = stores.doors.page(STUDIO, KEYS, now=START, prefix="a", after="a", limit=2)
    assert [record.key for record in under.items] == ["a#1", "a%"]
    assert under.cursor == "a%"


def test_two_owners_do_not_meet(stores: Stores) -> None:
    stores.doors.add(a_record(), now=START)
    assert stores.doors.get(RIVAL, KEYS, "one", now=START) is None
    stores.doors.delete(RIVAL, KEYS, "one")
    with pytest.raises(Conflict):
        stores.doors.save(replace(a_record(owner=RIVAL), version=2))
    assert stores.doors.page(RIVAL, KEYS, now=START).items == ()
    assert stores.doors.get(STUDIO, KEYS, "one", now=START) == a_record()
