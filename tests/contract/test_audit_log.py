from assetql.ports import Stores
from tests.contract.values import MINUTE, RIVAL, START, STUDIO, a_record


def test_records_are_newest_first(stores: Stores) -> None:
    records = [a_record(f"aud_{n}", at=START + n * MINUTE) for n in (2, 0, 1)]
    for record in records:
        stores.audit.record(record)
    stores.audit.record(a_record(workspace=RIVAL))
    two, nought, one = records
    assert stores.audit.page(STUDIO) == (two, one, nought)
    assert stores.audit.page(STUDIO, limit=1) == (two,)


def test_a_record_is_written_once_and_stays(stores: Stores) -> None:
    stores.audit.record(a_record())
    stores.audit.record(a_record(actor="somebody else"))
    assert stores.audit.page(STUDIO) == (a_record(),)
    stores.audit.record(a_record(workspace=RIVAL, actor="theirs"))
    assert [record.actor for record in stores.audit.page(RIVAL)] == ["theirs"]
