"""Every setting, read once from the environment (`ASSETQL_…`)."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from assetql.domain.token_prices import TokenPrice

Price = Annotated[float, Field(ge=1e-6, le=1e6)]  # from one micro, the least that is charged
Seconds = Annotated[float, Field(gt=0, le=86_400)]


def _home() -> Path:
    """In containers that run under a user without an entry, nobody is at home."""
    try:
        return Path.home() / ".assetql"
    except RuntimeError:
        return Path(".assetql")


class Settings(BaseSettings):
    """What a process is configured to be. Each field is an environment variable `ASSETQL_NAME`."""

    model_config = SettingsConfigDict(env_prefix="ASSETQL_", env_ignore_empty=True, frozen=True)

    # Where the data is kept, and whose it is
    home: Path = Field(default_factory=_home, description="Where the data is kept")
    adapters: str = Field(
        default="assetql.adapters.local", description="The adapter family, by its dotted name"
    )
    workspace: str = Field(
        default="default",
        pattern=r"^[a-z0-9][a-z0-9-]{0,62}$",
        description="Of whom works on the command line",
    )
    user: str = Field(default="owner", description="Who acts on the command line")

    # Where AWS keeps it
    aws_region: str | None = Field(
        default=None, description="AWS only; by default what the AWS profile says"
    )
    aws_endpoint: str | None = Field(
        default=None, description="An emulator's address; AWS itself by default"
    )
    aws_prefix: str = Field(
        default="assetql",
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        description="What the names of tables and queues begin with",
    )
    aws_bucket: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$",  # dots are in no certificate of S3's
        description="By default the prefix; a bucket's name is taken for the whole world",
    )

    # Models
    chat_model: str = Field(
        default="offline",
        description="`offline`, or PROVIDER:MODEL as LangChain names it, "
        "such as bedrock_converse:eu.anthropic.claude-sonnet-4-20250514-v1:0 (newer Claude models "
        "answer through an inference profile only, whose id begins with eu., us. or global.)",
    )
    chat_base_model: str | None = Field(
        default=None,
        description="The model behind an inference profile's ARN, "
        "such as anthropic.claude-sonnet-4-20250514-v1:0",
    )
    guardrail: str | None = Field(
        default=None,
        pattern=r"^.+:([0-9]+|DRAFT)$",
        description="Bedrock's guardrail over the chat as ID:VERSION",
    )
    tagger: str = Field(
        default="offline", description="Who tags: `offline` (words and colours), bedrock:MODEL_ID"
    )
    prompt_optimiser: str = Field(
        default="none",
        description="Who enriches prompts: `none`, `offline` (a template, no model), "
        "bedrock:MODEL_ID",
    )
    token_prices: dict[str, TokenPrice] = Field(
        default={},
        description='USD per million tokens by a part of a model\'s id, such as {"claude-new": '
        '{"input": 3, "output": 15, "cache_written": 3.75, "cache_read": 0.3}}',
    )
    image_backend: str = Field(
        default="placeholder",
        description="A backend of `inference`, sagemaker:ENDPOINT, sagemaker-async:ENDPOINT",
    )
    image_wait_seconds: Seconds = Field(
        default=600, description="Longest wait for an asynchronous endpoint's image"
    )
    embedder: str = Field(
        default="descriptor",
        pattern="^(descriptor|clip)$",
        description="Who measures styles: `descriptor` (numpy), or `clip` with its weights",
    )
    clip_model: str = Field(default="ViT-B-32", description="As open_clip names it")
    clip_weights: Path | None = Field(default=None, description="The file of its weights")
    off_style_rate: float = Field(
        default=0.08, ge=0, le=1, description="Share of images that the placeholder spoils"
    )

    # Money
    budget: float = Field(
        default=100.0, ge=0, le=1e9, description="A new workspace's budget in USD"
    )
    price_small: Price = Field(default=0.02, description="USD per READY image up to 256 px")
    price_medium: Price = Field(default=0.04, description="USD, up to 512 px")
    price_large: Price = Field(default=0.08, description="USD, above")

    # Work and patience
    attempts: int = Field(default=4, ge=1, le=20, description="Images tried per task and run")
    faults: int = Field(default=5, ge=1, le=50, description="Faults survived per task and run")
    lease_seconds: Seconds = Field(default=60, description="A worker's hold on a task")
    poll_seconds: Seconds = Field(default=1, description="How often an idle worker looks")
    max_receives: int = Field(default=10, ge=2, description="Receipts before the dead letters")
    turn_lease_seconds: Seconds = Field(default=30, description="A turn's hold on a thread")
    approval_hours: float = Field(
        default=72, gt=0, le=87_600, description="How long a question stands"
    )

    # Limits
    max_rows: int = Field(default=10_000, ge=1, description="Rows of one asset list")
    max_cell: int = Field(default=2_000, ge=1, description="Characters of one cell")
    max_side: int = Field(default=2_048, ge=16, le=2_048, description="Pixels along a side")
    max_variations: int = Field(default=64, ge=1, description="Variations of one row")
    max_list_bytes: int = Field(default=20 * 2**20, ge=1)
    max_image_bytes: int = Field(default=20 * 2**20, ge=1)
    max_image_pixels: int = Field(default=40_000_000, ge=1)

    # The doors
    host: str = Field(default="127.0.0.1", description="Where `assetql up` listens")
    port: int = Field(default=8700, ge=0, le=65_535, description="0: any that is free")
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#]+[^?#]*[^/?#]$",
        description="What links begin with; by default where it listens",
    )
    secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="Signs links and sessions; by default made once and kept in the home",
    )
    issuer: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="Whose tokens are taken, such as "
        "https://cognito-idp.eu-central-1.amazonaws.com/POOL_ID",
    )
    audience: str | None = Field(
        default=None, description="The app client's id: `aud`, or `client_id`, of its tokens"
    )
    token_use: str = Field(
        default="access", pattern="^(access|id)$", description="Which of Cognito's tokens"
    )
    workspace_claim: str = Field(
        default="custom:workspace", description="The claim that names the workspace"
    )
    roles_claim: str = Field(
        default="cognito:groups", description="The claim that lists the caller's roles"
    )
    client_secret: SecretStr | None = Field(
        default=None, description="Of the app client that people log in to the playground through"
    )
    requests_per_minute: int = Field(default=600, ge=1, description="Of one caller, by HTTP")
    requests_at_once: int = Field(
        default=128, ge=1, description="Of one caller in one process, open streams among them"
    )
    max_body_bytes: int = Field(default=25 * 2**20, ge=1_024, description="Of one request")
    cors_origins: tuple[str, ...] = Field(
        default=(), description='Pages that may call the API, such as ["https://studio.example"]'
    )
    slack_signing_secret: SecretStr | None = Field(default=None, description="Of the Slack app")
    slack_bot_token: SecretStr | None = Field(
        default=None, description="xoxb-…, where the app is installed in one team only"
    )
    slack_app_token: SecretStr | None = Field(default=None, description="xapp-…, for Socket Mode")
    slack_client_id: str | None = Field(default=None, description="To be installed in many teams")
    slack_client_secret: SecretStr | None = Field(default=None)
    slack_owners: tuple[str, ...] = Field(
        default=(),
        description='Who own the workspace, beside who installs the app: ["U0123ABC"]',
    )
    slack_member_role: str = Field(
        default="editor",
        pattern="^(none|viewer|editor|approver)$",
        description="Of a team's members that no role was granted to",
    )
    slack_api_url: str = Field(default="https://slack.com/api/", pattern=r"^https?://.+/$")

    # What is told
    log_level: str = Field(default="WARNING", description="From DEBUG to CRITICAL")
    tracing: bool = Field(
        default=False, description="OpenTelemetry's traces and metrics; needs the `otel` extra"
    )
    traces_exporter: str = Field(
        default="console", validation_alias="OTEL_TRACES_EXPORTER", description="Or `otlp`, `none`"
    )
    metrics_exporter: str = Field(
        default="console", validation_alias="OTEL_METRICS_EXPORTER", description="Or `otlp`, `none`"
    )
