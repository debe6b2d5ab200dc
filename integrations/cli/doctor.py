"""assetql doctor: what is configured, what is missing, and how to fix it."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib.util import find_spec
from typing import Annotated

import typer
from PIL import features
from rich.markup import escape

from assetql.domain.errors import AssetQLError
from assetql.domain.finding import Finding, State
from assetql.settings import Settings
from integrations.cli.output import console, explained, print_json
from integrations.cli.session import family_findings, open_configured, read_settings
from integrations.cli.workers import handlers_work

_DOORS = {"HTTP API": "fastapi", "playground": "gradio", "MCP": "mcp", "Slack": "slack_bolt"}
_MARKS: dict[State, str] = {
    "ok": "[green]✓[/]",
    "note": "[yellow]•[/]",
    "wrong": "[red]✗[/]",
}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Say what is configured, what is missing, and how to fix it."""
    with explained(as_json=as_json):
        settings = read_settings()
        findings = [finding for check in CHECKS for finding in check(settings)]
        if as_json:
            print_json([asdict(finding) for finding in findings])
        else:
            for finding in findings:
                mark, found = _MARKS[finding.state], escape(finding.found)
                console.print(f"{mark} {finding.what}: {found}", soft_wrap=True)
                if finding.remedy:
                    console.print(f"    [dim]→ {escape(finding.remedy)}[/]", soft_wrap=True)
        if any(finding.state == "wrong" for finding in findings):
            raise typer.Exit(1)


def _python(_: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", "ok", version)
    yield Finding("SQLite", "ok", f"{sqlite3.sqlite_version} with full-text search")


def _codecs(_: Settings) -> Iterator[Finding]:
    for codec in ("webp", "avif"):
        if features.check(codec):
            yield Finding(f"{codec} encoder", "ok", "there")
        else:
            yield Finding(
                f"{codec} encoder", "wrong", "missing", "Install Pillow from its own wheels."
            )


def _family(settings: Settings) -> Iterator[Finding]:
    try:
        found = family_findings(settings, quickly=False)
        yield from found
        if any(finding.state == "wrong" for finding in found):
            return
        services = open_configured(settings)
        depth = services.stores.queue.depth()
        services.close()
    except AssetQLError as error:
        yield Finding("Stores and models", "wrong", error.message, error.remedy)
        return
    yield Finding(
        "Queue",
        "ok" if not depth.dead else "note",
        f"{depth.visible} waiting, {depth.in_flight} in work, {depth.dead} given up",
        "assetql worker ends what was given up and returns its money." if depth.dead else "",
    )


def _chat_model(settings: Settings) -> Iterator[Finding]:
    from agent.model import OFFLINE, open_chat_model

    if settings.chat_model == OFFLINE:
        yield Finding(
            "Assistant",
            "note",
            "the built-in offline planner: rule-based, no language model",
            "For Claude: pip install 'assetql[aws]', AWS credentials, and "
            "ASSETQL_CHAT_MODEL=bedrock_converse:MODEL_ID.",
        )
        return
    try:
        open_chat_model(settings)
    except AssetQLError as error:
        yield Finding("Assistant", "wrong", error.message, error.remedy)
    else:
        yield Finding("Assistant", "ok", settings.chat_model)


def _image_model(settings: Settings) -> Iterator[Finding]:
    if settings.image_backend == "placeholder":
        yield Finding(
            "Images",
            "note",
            "the built-in placeholder: vector drawings, no diffusion model",
            "Add a backend to inference/backends and choose it by ASSETQL_IMAGE_BACKEND.",
        )


def _style(settings: Settings) -> Iterator[Finding]:
    if settings.embedder == "descriptor":
        there = find_spec("open_clip") is not None
        hint = "Set ASSETQL_EMBEDDER=clip and ASSETQL_CLIP_WEIGHTS=FILE to use CLIP."
        yield Finding(
            "Style",
            "ok",
            "descriptor-1, numpy",
            hint if there else f"pip install 'assetql[clip]'. {hint}",
        )
    elif settings.clip_weights is None or not settings.clip_weights.is_file():
        yield Finding(
            "Style",
            "wrong",
            f"clip without weights ({settings.clip_weights})",
            "Set ASSETQL_CLIP_WEIGHTS to a file of weights for ASSETQL_CLIP_MODEL.",
        )


def _doors(settings: Settings) -> Iterator[Finding]:
    missing = [name for name, package in _DOORS.items() if find_spec(package) is None]
    if missing:
        hint = "pip install 'assetql[doors]'; in a clone, make up"
        yield Finding("Doors", "note", f"not installed: {', '.join(missing)}", hint)
    else:
        yield Finding("Doors", "ok", ", ".join(_DOORS))
    if settings.issuer and not settings.audience:
        hint = "Set ASSETQL_AUDIENCE to the app client's id."
        yield Finding("Login", "wrong", f"{settings.issuer}, but for nobody's client", hint)
    elif settings.issuer:
        yield Finding("Login", "ok", settings.issuer)
    else:
        hint = "For people and tokens of an OIDC issuer set ASSETQL_ISSUER and ASSETQL_AUDIENCE."
        yield Finding("Login", "ok", "by the link of `assetql up`, and by API keys", hint)
    if handlers_work(settings) and not settings.secret:
        hint = "Set ASSETQL_SECRET, the same on all, where several machines serve the doors."
        yield Finding("Secret", "note", f"made once and kept in {settings.home}", hint)
    yield from _slack(settings)


def _slack(settings: Settings) -> Iterator[Finding]:
    app = settings.slack_bot_token or settings.slack_client_id
    way = settings.slack_signing_secret or settings.slack_app_token
    if app and not way:
        hint = "Set ASSETQL_SLACK_SIGNING_SECRET (HTTP) or ASSETQL_SLACK_APP_TOKEN (Socket Mode)."
        yield Finding("Slack", "wrong", "nothing says how it reaches us", hint)
    elif way and not app:
        hint = "Set ASSETQL_SLACK_BOT_TOKEN, or ASSETQL_SLACK_CLIENT_ID and its secret."
        yield Finding("Slack", "wrong", "nothing says in whose name to answer", hint)
    elif app:
        ways = [
            way
            for way, is_set in (
                ("HTTP", settings.slack_signing_secret),
                ("Socket Mode", settings.slack_app_token),
            )
            if is_set
        ]
        yield Finding("Slack", "ok", f"set up for {' and '.join(ways)}")


def _telemetry(settings: Settings) -> Iterator[Finding]:
    if not settings.tracing:
        yield Finding("Traces and metrics", "ok", "off", "Set ASSETQL_TRACING=true to have them.")
        return
    from assetql.telemetry.providers import check

    traces, metrics = settings.traces_exporter, settings.metrics_exporter
    try:
        check(traces=traces, measurements=metrics)
    except AssetQLError as error:
        yield Finding("Traces and metrics", "wrong", error.message, error.remedy)
    else:
        yield Finding("Traces and metrics", "ok", f"traces to {traces}, metrics to {metrics}")


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _python,
    _codecs,
    _family,
    _chat_model,
    _image_model,
    _style,
    _doors,
    _telemetry,
)
