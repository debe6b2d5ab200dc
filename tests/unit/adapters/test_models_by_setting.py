"""Which model a setting opens, in either family, and what is said where it can't."""

from typing import Any

import pytest

from assetql.adapters.aws import family as aws
from assetql.adapters.local import family as local
from assetql.domain.errors import InvalidInput
from assetql.settings import Settings
from tests.support.emulator import use_test_credentials

BEDROCK = "bedrock:anthropic.claude-sonnet-4-5-v1:0"


def on_aws(**values: Any) -> Settings:
    use_test_credentials()
    return Settings(aws_region="us-east-1", **values)


def test_models_of_aws_open_by_their_settings() -> None:
    tagger = aws.open_tagger(on_aws(tagger=BEDROCK))
    assert tagger.name == f"{BEDROCK}:tags-1"
    opened = [
        aws.open_optimiser(on_aws(prompt_optimiser=BEDROCK)),
        aws.open_images(on_aws(image_backend="sagemaker:icons")),
        aws.open_images(on_aws(image_backend="sagemaker-async:icons")),
    ]
    assert [type(each).__name__ for each in opened] == [
        "BedrockOptimiser",
        "SageMakerImages",
        "SageMakerAsyncImages",
    ]


def test_what_runs_in_process_runs_on_aws_too() -> None:
    settings = on_aws()
    assert aws.open_tagger(settings).name == local.open_tagger(settings).name
    assert aws.open_embedder(settings).name == local.open_embedder(settings).name
    assert aws.open_optimiser(settings) is None


@pytest.mark.parametrize(
    ("setting", "value", "choice"),
    [
        ("tagger", "bedrok:x", "bedrock:MODEL_ID"),
        ("tagger", "bedrock:", "bedrock:MODEL_ID"),
        ("prompt_optimiser", "claude", "bedrock:MODEL_ID"),
        ("image_backend", "sagemaker:", "sagemaker:ENDPOINT"),
        ("image_backend", "crayons", "sagemaker-async:ENDPOINT"),
    ],
)
def test_a_value_that_names_nothing_gets_the_choices(setting: str, value: str, choice: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        _open_all(aws, on_aws(**{setting: value}))
    assert f"ASSETQL_{setting.upper()}={value!r}" in caught.value.message
    assert choice in caught.value.remedy


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("tagger", BEDROCK),
        ("prompt_optimiser", BEDROCK),
        ("image_backend", "sagemaker:icons"),
        ("image_backend", "sagemaker-async:icons"),
    ],
)
def test_the_embedded_family_says_that_it_has_no_aws(setting: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        _open_all(local, Settings.model_validate({setting: value}))
    assert f"ASSETQL_{setting.upper()}={value!r}" in caught.value.message
    assert "ASSETQL_ADAPTERS=assetql.adapters.aws" in caught.value.remedy


def _open_all(family: Any, settings: Settings) -> None:
    family.open_tagger(settings)
    family.open_optimiser(settings)
    family.open_images(settings)
