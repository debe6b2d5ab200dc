"""Which chat model a setting opens, and what it says where it can't."""

import sys

import pytest

from agent.model import open_chat_model
from assetql.domain.errors import InvalidInput, ModelUnavailable
from assetql.settings import Settings


def named(name: str) -> Settings:
    return Settings(chat_model=name)


def test_the_offline_planner_is_the_default() -> None:
    assert type(open_chat_model(Settings())).__name__ == "OfflinePlanner"


@pytest.mark.parametrize("name", ["bedrock_converse", "bedrok:claude", "gpt-5", ":x"])
def test_a_name_that_can_not_be_says_the_form(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        open_chat_model(named(name))
    assert "bedrock_converse" in str(caught.value)


def test_a_missing_package_is_named_with_its_remedy() -> None:
    with pytest.raises(ModelUnavailable, match="pip install 'langchain-mistralai'"):
        open_chat_model(named("mistralai:mistral-large"))


def test_bedrock_without_its_extra_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_aws", None)  # as if it were not installed
    with pytest.raises(ModelUnavailable, match=r"pip install 'assetql\[aws\]'"):
        open_chat_model(named("bedrock_converse:anthropic.claude-sonnet-4-20250514-v1:0"))
