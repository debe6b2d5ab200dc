"""assetql key: API keys, by which machines get in at the HTTP API and MCP."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from assetql.domain.identity import Role
from assetql.pipeline.api_keys import ApiKey, create_api_key, list_api_keys, revoke_api_key
from assetql.pipeline.paging import items_of
from integrations.cli.output import console, explained, print_json, print_table
from integrations.cli.session import new_key, opened

app = typer.Typer(help="API keys for machines.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """API keys for machines."""


@app.command(epilog="Example: assetql key create 'build server' --role editor --days 90")
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: Annotated[
        list[Role] | None, typer.Option(help="What it may do; repeatable. By default editor.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="How long it holds; by default until revoked.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Make a key and show its secret, once."""
    with explained(as_json=as_json), opened() as (services, caller):
        made, secret = create_api_key(
            name,
            roles=role or [Role.EDITOR],
            life=timedelta(days=days) if days else None,
            caller=caller,
            stores=services.stores,
            clock=services.clock,
            key=new_key(),
        )
        if as_json:
            print_json({**_facts(made), "secret": secret})
            return
        console.print(f"{made.key_id}, {_roles(made)}, holds {_until(made.expires_at)}:")
        console.print(secret, markup=False, soft_wrap=True)
        console.print("[dim]It is shown this once. Send it as `Authorization: Bearer …`.[/]")


@app.command("list", epilog="Example: assetql key list --json")
def list_keys(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show the keys that hold."""
    with explained(as_json=as_json), opened() as (services, caller):
        found = list(
            items_of(
                lambda after: list_api_keys(
                    caller=caller, stores=services.stores, clock=services.clock, after=after
                )
            )
        )
        if as_json:
            print_json([_facts(key) for key in found])
        else:
            rows = [(k.key_id, k.name, _roles(k), _until(k.expires_at)) for k in found]
            print_table(f"{len(found)} keys", ("id", "name", "roles", "holds"), rows)


@app.command(epilog="Example: assetql key revoke key_…")
def revoke(key_id: Annotated[str, typer.Argument(help="Its id, such as key_….")]) -> None:
    """Let nobody in by it any more."""
    with explained(), opened() as (services, caller):
        revoke_api_key(key_id, caller=caller, stores=services.stores, clock=services.clock)
        console.print(f"{key_id} is revoked.", markup=False)


def _facts(key: ApiKey) -> dict[str, object]:
    return {
        "key_id": key.key_id,
        "name": key.name,
        "roles": sorted(key.roles),
        "created_by": key.created_by,
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
    }


def _roles(key: ApiKey) -> str:
    return ", ".join(sorted(key.roles))


def _until(at: datetime | None) -> str:
    return f"until {at:%Y-%m-%d}" if at else "until revoked"
