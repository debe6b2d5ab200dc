"""What points processes at the emulator: settings, and credentials that open nothing else."""

import os

from infra.emulator import bedrock

REGION = "us-east-1"
HOST = "127.0.0.1"
# boto3 would look there first, or send along what the emulator doesn't know.
UNSET = ("AWS_PROFILE", "AWS_SESSION_TOKEN")


def address(port: int) -> str:
    """Where the emulator answers."""
    return f"http://{HOST}:{port}"


def environment(endpoint: str) -> dict[str, str]:
    """The variables under which every command works on the emulator at `endpoint`."""
    return {
        "ASSETQL_ADAPTERS": "assetql.adapters.aws",
        "ASSETQL_AWS_ENDPOINT": endpoint,
        "ASSETQL_AWS_REGION": REGION,
        "ASSETQL_CHAT_MODEL": f"bedrock_converse:anthropic.claude-{bedrock.NAME}-v1:0",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def use_emulator(endpoint: str) -> None:
    """Points this process and its children at it."""
    os.environ.update(environment(endpoint))
    for name in UNSET:
        os.environ.pop(name, None)
