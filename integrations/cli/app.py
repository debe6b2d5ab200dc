"""assetql: the command line, for a default workspace whose owner is the person at the keyboard."""

import typer

from integrations.cli import batch, budget, chat, demo, doctor, export, search, style, tag, worker
from integrations.cli import eval as evaluation

app = typer.Typer(
    name="assetql",
    help="Make consistent game assets by chat: from a list and a few references to tagged, "
    "engine-ready packages.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

app.command(help="Run the whole main job on the shipped example.")(demo.demo)
app.command(help="Talk to the assistant.")(chat.chat)
app.command(help="Start workers, and talk to the assistant.")(chat.up)
app.command(help="Make the images of started batches.")(worker.worker)
app.command(name="search", help="Find assets by words, filters and likeness.")(search.search_assets)
app.command(help="Pack assets for engines and platforms.")(export.export)
app.command(help="Show or set the workspace's budget.")(budget.budget)
app.command(help="Say what is configured, what is missing, and how to fix it.")(doctor.doctor)
app.command(name="eval", help="Score the assistant on requests.")(evaluation.evaluate)
app.add_typer(batch.app, name="batch")
app.add_typer(style.app, name="style")
app.add_typer(tag.app, name="tag")


def main() -> None:
    """The console script."""
    app()
