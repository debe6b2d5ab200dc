from assetql.ports import Stores
from tests.contract.values import MINUTE, RIVAL, START, STUDIO, an_upload


def test_an_upload_is_stored_once(stores: Stores) -> None:
    first = stores.uploads.add(an_upload())
    assert first == an_upload()
    assert stores.uploads.add(an_upload(filename="other")) == first
    assert stores.uploads.get(STUDIO, "upl_1") == first
    assert stores.uploads.get(STUDIO, "upl_2") is None


def test_uploads_of_a_thread_are_oldest_first(stores: Stores) -> None:
    new = stores.uploads.add(an_upload("upl_1", created_at=START + MINUTE))
    old = stores.uploads.add(an_upload("upl_2"))
    stores.uploads.add(an_upload("upl_3", thread_id="thr_2"))
    stores.uploads.add(an_upload("upl_4", thread_id=None))
    stores.uploads.add(an_upload("upl_5", RIVAL))
    assert stores.uploads.of_thread(STUDIO, "thr_1") == (old, new)
    assert stores.uploads.of_thread(STUDIO, "thr_none") == ()


def test_two_workspaces_do_not_meet(stores: Stores) -> None:
    ours = stores.uploads.add(an_upload())
    assert stores.uploads.get(RIVAL, "upl_1") is None
    theirs = stores.uploads.add(an_upload(workspace=RIVAL, filename="theirs"))
    assert stores.uploads.get(RIVAL, "upl_1") == theirs
    assert stores.uploads.get(STUDIO, "upl_1") == ours


def test_nothing_is_under_an_empty_id(stores: Stores) -> None:
    stores.uploads.add(an_upload())
    assert stores.uploads.get(STUDIO, "") is None
    assert stores.uploads.of_thread(STUDIO, "") == ()
