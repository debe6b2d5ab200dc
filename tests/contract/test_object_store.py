from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetql.domain.errors import InvalidInput, NotFound
from assetql.ports import ObjectStore, Stores
from tests.contract.races import race, succeeds

PNG = "image/png"
DATA = bytes(range(256)) * 4


@pytest.fixture
def objects(stores: Stores) -> ObjectStore:
    return stores.objects


def test_an_object_comes_back_as_it_was_put(objects: ObjectStore) -> None:
    for data in (DATA, b"", b"shorter"):
        objects.put("raw/studio/a.png", data, media_type=PNG)
        assert objects.get("raw/studio/a.png") == data
        with objects.open("raw/studio/a.png") as file:
            assert file.read() == data
    assert objects.exists("raw/studio/a.png")


def test_a_missing_object_is_not_found(objects: ObjectStore) -> None:
    objects.put("raw/studio/a.png", DATA, media_type=PNG)
    for key in ("raw/none.png", "raw/studio", "raw/studio/a.png/b"):
        assert not objects.exists(key)
        with pytest.raises(NotFound):
            objects.get(key)
        with pytest.raises(NotFound), objects.open(key):
            pass
        objects.delete(key)  # harmless
    assert objects.get("raw/studio/a.png") == DATA


def test_a_deleted_object_is_gone(objects: ObjectStore) -> None:
    objects.put("raw/a.png", DATA, media_type=PNG)
    objects.delete("raw/a.png")
    assert not objects.exists("raw/a.png")
    assert list(objects.keys("raw/")) == []


def test_keys_by_prefix(objects: ObjectStore) -> None:
    keys = ["exports/a.zip", "raw/one/1.png", "raw/one/2.png", "raw/one_more/1.png", "raw/two.png"]
    for key in keys:
        objects.put(key, b"", media_type=PNG)
    assert sorted(objects.keys("")) == keys
    assert sorted(objects.keys("raw/one")) == keys[1:4]
    assert sorted(objects.keys("raw/one/")) == keys[1:3]
    assert sorted(objects.keys("raw/one/2.png")) == keys[2:3]
    assert list(objects.keys("thumbnails/")) == []


def test_a_written_object_appears_when_it_is_whole(objects: ObjectStore) -> None:
    with objects.writer("exports/a.zip", media_type="application/zip") as file:
        file.write(b"....tail")
        file.seek(0)
        file.write(b"head")
        file.flush()
        assert not objects.exists("exports/a.zip")
        assert list(objects.keys("")) == []
    assert objects.get("exports/a.zip") == b"headtail"
    assert list(objects.keys("")) == ["exports/a.zip"]


def test_a_failed_write_leaves_what_was_there(objects: ObjectStore) -> None:
    def fail(key: str) -> None:
        with objects.writer(key, media_type=PNG) as file:
            file.write(b"half")
            raise EOFError

    objects.put("raw/old.png", DATA, media_type=PNG)
    for key in ("raw/old.png", "raw/new.png"):
        with pytest.raises(EOFError):
            fail(key)
    assert objects.get("raw/old.png") == DATA
    assert list(objects.keys("")) == ["raw/old.png"]


def test_readers_see_whole_objects_only(objects: ObjectStore) -> None:
    versions = [bytes([n]) * 300_000 for n in range(3)]
    objects.put("raw/a.png", versions[0], media_type=PNG)
    written = Event()

    def work(number: int) -> bool:
        if number:
            for _ in range(5):
                objects.put("raw/a.png", versions[number], media_type=PNG)
            written.set()
            return True
        whole = True
        while not written.is_set():
            whole = whole and objects.get("raw/a.png") in versions
        return whole

    assert all(race(3, work))
    assert list(objects.keys("")) == ["raw/a.png"]


BAD_KEYS = [
    "",
    "/",
    "/etc/passwd",
    "raw//a.png",
    "raw/",
    "..",
    "../a.png",
    "raw/../../a.png",
    "raw/./a.png",
    "raw/.hidden",
    "raw/..\\a.png",
    "raw\\a.png",
    "C:/a.png",
    "raw/a.png\0",
    "raw/a.png\n",
    "raw/a b.png",
    "raw/é.png",
    "raw/a.",
    "~/a.png",
    "raw/" + "a" * 1_100,
]


def _refused(call: Callable[[], object]) -> bool:
    return not succeeds(call, InvalidInput)


def _enter(context: AbstractContextManager[object]) -> None:
    with context:
        pass


def test_bad_keys_are_refused(objects: ObjectStore) -> None:
    calls: dict[str, Callable[[str], object]] = {
        "put": lambda key: objects.put(key, DATA, media_type=PNG),
        "get": objects.get,
        "exists": objects.exists,
        "delete": objects.delete,
        "writer": lambda key: _enter(objects.writer(key, media_type=PNG)),
        "open": lambda key: _enter(objects.open(key)),
        "link": lambda key: objects.link(key, filename="a", valid_for=timedelta(hours=1)),
        "upload_form": lambda key: objects.upload_form(
            key, media_type=PNG, max_bytes=1, valid_for=timedelta(hours=1)
        ),
    }
    let_through = [
        (name, key)
        for key in BAD_KEYS
        for name, call in calls.items()
        if not _refused(partial(call, key))
    ]
    assert let_through == []
    assert list(objects.keys("")) == []


def test_bad_prefixes_are_refused(objects: ObjectStore) -> None:
    prefixes = ["/", "..", "../", "raw/../", "raw//", "a\\", "\0", "./"]
    assert [p for p in prefixes if not _refused(lambda p=p: list(objects.keys(p)))] == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(key=st.text(alphabet="ab./\\~\0-é :", max_size=12))
def test_a_key_is_refused_or_listed_as_it_is(objects: ObjectStore, key: str) -> None:
    try:
        objects.put(f"raw/{key}", DATA, media_type=PNG)
    except InvalidInput:
        return
    assert f"raw/{key}" in list(objects.keys("raw/"))
    objects.delete(f"raw/{key}")


def test_a_link_names_the_object(objects: ObjectStore) -> None:
    objects.put("raw/a.png", DATA, media_type=PNG)
    link = objects.link("raw/a.png", filename="flask.png", valid_for=timedelta(hours=1))
    assert "://" in link
    assert "a.png" in link
