"""What models and containers answer is read without trust: any text, any JSON."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetql.adapters.aws.images import container_fault, failure_of, read_image
from assetql.adapters.aws.tagger import BedrockTagger
from assetql.domain.errors import InvalidInput, ModelUnavailable
from assetql.domain.vocabulary import parse_tags, vocabulary_names
from assetql.ports import TaggingRequest
from tests.support.making import tiny_png

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["images", "image", "tags", "name", "confidence"]) | st.text(), inner
        )
    ),
    max_leaves=12,
)
VOCABULARY = vocabulary_names()
REQUEST = TaggingRequest(thumbnail=tiny_png(), name="x", description="", category="")


class Says:
    """A client of Bedrock whose model answers with this."""

    def __init__(self, given: Any) -> None:
        self._given = given

    def converse(self, **request: Any) -> dict[str, Any]:
        call = {"toolUseId": "t", "name": "tag_images", "input": self._given}
        return {
            "output": {"message": {"role": "assistant", "content": [{"toolUse": call}]}},
            "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        }


def tags_or_nothing(answers: Sequence[str]) -> None:
    for answer in answers:
        try:
            tags = parse_tags(answer, VOCABULARY)
        except InvalidInput:
            continue
        assert {tag.name for tag in tags} <= set(VOCABULARY)
        assert all(0 <= tag.confidence <= 1 for tag in tags)


@given(JSON)
def test_any_answer_of_a_tagger_is_tags_or_unreadable(given: Any) -> None:
    for answer in (given, {"images": given}, {"images": [{"image": 1, "tags": given}]}):
        answers = BedrockTagger(Says(answer), "m", prices={}).answers([REQUEST] * 2, VOCABULARY)
        assert len(answers) == 2
        tags_or_nothing(answers)


@given(st.integers(0, 599), st.text() | JSON.map(json.dumps))
def test_any_failure_of_a_container_is_one_of_ours(status: int, said: str) -> None:
    for error in (
        container_fault("icons", status, said),
        failure_of(f'Received error ({status}) from primary with message "{said}"', "icons"),
    ):
        final = isinstance(error, InvalidInput)
        assert final == (status in {400, 413, 415, 422})
        assert final or isinstance(error, ModelUnavailable)
        assert error.message


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_an_answer_that_is_no_image_is_a_fault(answer: bytes) -> None:
    with pytest.raises(ModelUnavailable, match="icons"):
        read_image(answer, "icons")
