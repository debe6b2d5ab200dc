"""The event-stream encoding, read by botocore's own decoder."""

import json

import pytest
from botocore.eventstream import ChecksumMismatch, EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from infra.emulator import eventstream

TEXT = st.text(st.characters(codec="utf-8"), max_size=50)


@given(st.lists(TEXT, max_size=4), st.integers(1, 40))
def test_a_stream_in_any_pieces_gives_its_events(texts: list[str], piece: int) -> None:
    stream = b"".join(eventstream.event("contentBlockDelta", {"text": text}) for text in texts)
    buffer = EventStreamBuffer()
    for start in range(0, len(stream), piece):
        buffer.add_data(stream[start : start + piece])
    messages = list(buffer)
    kinds = [message.headers[":event-type"] for message in messages]
    assert kinds == ["contentBlockDelta"] * len(texts)
    assert all(message.to_response_dict()["status_code"] == 200 for message in messages)
    assert [json.loads(message.payload)["text"] for message in messages] == texts


def test_an_exception_is_one() -> None:
    buffer = EventStreamBuffer()
    buffer.add_data(eventstream.exception("throttlingException", "Slower, please."))
    [message] = list(buffer)
    assert message.to_response_dict()["status_code"] == 400
    assert message.headers[":exception-type"] == "throttlingException"
    assert b"Slower" in message.payload


def test_a_byte_that_changed_is_noticed() -> None:
    event = bytearray(eventstream.event("messageStop", {"stopReason": "end_turn"}))
    event[-8] ^= 1
    buffer = EventStreamBuffer()
    buffer.add_data(bytes(event))
    with pytest.raises(ChecksumMismatch):
        list(buffer)
