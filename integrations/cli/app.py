"""assetql: the command line, for a default workspace whose owner is the person at the keyboard."""

from importlib.metadata import version
from typing import Annotated

import typer

from integrations.cli import (
    audit,
    aws,
    batch,
    budget,
    chat,
    demo,
    doctor,
    doors,
    export,
    keys,
    search,
    style,
    tag,
    worker,
)
from integrations.cli import eval as evaluation

app = typer.Typer(
    name="assetql",
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"assetql {version('assetql')}")
        raise typer.Exit


@app.callback(
    invoke_without_command=True,
    epilog="New here? [bold]assetql demo[/] runs the whole job on an example; "
    "[bold]assetql up[/] opens the playground.",
)
def root(
    context: typer.Context,
    _: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    """Make consistent game assets by chat: from a list and references to tagged packages.

    Data is kept under $ASSETQL_HOME, or in ~/.assetql.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


app.command(
    help="Run the whole main job on the shipped example.",
    epilog="Example: assetql demo --out demo-output",
)(demo.demo)
app.command(
    help="Talk to the assistant in the terminal; with workers, or beside them.",
    epilog="Example: assetql chat --thread shop --workers 2",
)(chat.chat)
app.command(
    help="Start the playground, the HTTP API and MCP on one port, with workers.",
    epilog="Example: assetql up --port 8080 --workers 4",
)(doors.up)
app.command(
    help="Serve MCP on standard input and output, for IDEs and assistants.",
    epilog="docs/mcp.md says how to set one up.",
)(doors.mcp)
app.command(
    help="Serve Slack by Socket Mode; `up` serves it over HTTP.",
    epilog="docs/slack.md says how to set the app up.",
)(doors.slack)
app.command(
    help="Make the images of started batches; several workers share the work.",
    epilog="Example: assetql worker --until-idle --concurrency 2",
)(worker.worker)
app.command(
    name="search",
    help="Find assets by words, filters and likeness.",
    epilog='Example: assetql search "red potion" --untagged --since 7d --limit 5',
)(search.search_assets)
app.command(
    help="Pack a batch or assets for engines and platforms.",
    epilog="Example: assetql export bat_… --preset unity --preset atlas --out pack.zip",
)(export.export)
app.command(help="Show or set the workspace's budget.", epilog="Example: assetql budget --set 250")(
    budget.budget
)
app.command(help="Show who did what.", epilog="Example: assetql audit --limit 20")(audit.audit)
app.command(help="Say what is configured, what is missing, and how to fix it.")(doctor.doctor)
app.command(
    name="eval",
    help="Score the assistant on requests; exit status 1 unless all pass.",
    epilog="Example: assetql eval examples/chat/requests.jsonl --json",
)(evaluation.evaluate)
app.add_typer(aws.app, name="aws")
app.add_typer(batch.app, name="batch")
app.add_typer(keys.app, name="key")
app.add_typer(style.app, name="style")
app.add_typer(tag.app, name="tag")
