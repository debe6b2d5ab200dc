"""assetql tag: people's edits to tags, which win over the model's."""

from typing import Annotated

import typer

from assetql.pipeline.edit_tags import edit_tags
from integrations.cli.output import console, explained, print_json
from integrations.cli.session import opened

app = typer.Typer(help="Tags of assets.", no_args_is_help=True)


@app.callback()
def tags() -> None:
    """Tags of assets."""


@app.command("edit", epilog="Example: assetql tag edit ast_… --add glowing --remove red")
def edit(
    asset: Annotated[str, typer.Argument(help="An asset id, such as ast_….")],
    add: Annotated[list[str] | None, typer.Option(help="A tag to add; repeatable.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A tag to remove; repeatable.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Add and remove tags of an asset."""
    with explained(as_json=as_json), opened() as (services, caller):
        (edited,) = edit_tags(
            [asset],
            add=add or (),
            remove=remove or (),
            caller=caller,
            stores=services.stores,
            clock=services.clock,
        )
        names = list(edited.tags.names)
        if as_json:
            print_json({"asset_id": edited.asset_id, "tags": names})
        else:
            console.print(f"{edited.asset_id}: {', '.join(names) or 'no tags'}", markup=False)
