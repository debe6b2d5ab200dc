import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetql.adapters.codec import Codec, micros, moment
from assetql.domain.task import Lease
from tests.contract.values import START

ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
TIMES = st.datetimes(
    min_value=datetime(1900, 1, 1),
    max_value=datetime(2200, 1, 1),
    timezones=ZONES,
)


@given(first=TIMES, second=TIMES)
def test_micros_are_exact_and_sort_like_times(first: datetime, second: datetime) -> None:
    assert moment(micros(first)) == first
    assert moment(micros(first)).tzinfo is UTC
    assert (micros(first) < micros(second)) == (first < second)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        micros(START.replace(tzinfo=None))


@given(worker=st.text(st.characters(exclude_categories=["Cs"])), until=TIMES)
def test_a_document_holds_the_whole_value(worker: str, until: datetime) -> None:
    codec = Codec(Lease)
    lease = Lease(worker=worker, token=2**62, until=until)
    assert codec.decode(codec.encode(lease)) == lease


def test_a_document_of_an_older_version_may_hold_more() -> None:
    codec = Codec(Lease)
    lease = Lease(worker="w", token=1, until=START)
    older = json.loads(codec.encode(lease)) | {"a field that is gone": ["trim"]}
    assert codec.decode(json.dumps(older)) == lease
