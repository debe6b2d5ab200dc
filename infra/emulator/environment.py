"""What points processes at the emulator: settings, and credentials that open nothing else."""

import os
from collections.abc import Mapping

from infra.emulator import bedrock, sagemaker

REGION = "us-east-1"
HOST = "127.0.0.1"
# boto3 would look there first, or send along what the emulator doesn't know.
UNSET = ("AWS_PROFILE", "AWS_SESSION_TOKEN")


def address(port: int) -> str:
    """Where the emulator answers."""
    return f"http://{HOST}:{port}"


def environment(endpoint: str, *, async_images: bool = False) -> dict[str, str]:
    """The variables under which every command works on the emulator at `endpoint`."""
    claude = f"anthropic.claude-{bedrock.NAME}-v1:0"
    runtime = "sagemaker-async" if async_images else "sagemaker"
    return {
        "ASSETQL_ADAPTERS": "assetql.adapters.aws",
        "ASSETQL_AWS_ENDPOINT": endpoint,
        "ASSETQL_AWS_REGION": REGION,
        "ASSETQL_CHAT_MODEL": f"bedrock_converse:{claude}",
        "ASSETQL_TAGGER": f"bedrock:{claude}",
        "ASSETQL_IMAGE_BACKEND": f"{runtime}:{sagemaker.NAME}",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def use(variables: Mapping[str, str]) -> None:
    """Sets them for this process and its children."""
    os.environ.update(variables)
    for name in UNSET:
        os.environ.pop(name, None)
