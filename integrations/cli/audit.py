"""assetql audit: who did what in the workspace, newest first."""

from collections.abc import Mapping
from typing import Annotated, cast

import typer

from assetql.domain.audit import AuditRecord
from assetql.pipeline.audit import MOST_RECORDS, read_audit
from integrations.cli.output import explained, print_json, print_table
from integrations.cli.session import opened


def audit(
    limit: Annotated[
        int, typer.Option(min=1, max=MOST_RECORDS, help="How many records, the newest first.")
    ] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show who did what."""
    with explained(as_json=as_json), opened() as (services, caller):
        records = read_audit(caller=caller, audit=services.stores.audit, limit=limit)
        if as_json:
            print_json([_document(record) for record in records])
        else:
            rows = [
                (f"{r.at:%Y-%m-%d %H:%M:%S}", r.actor, r.action, r.subject, _facts(r.facts))
                for r in records
            ]
            print_table("Audit, UTC", ("at", "who", "did", "to", "facts"), rows)


def _document(record: AuditRecord) -> dict[str, object]:
    return {
        "at": record.at.isoformat(),
        "actor": record.actor,
        "action": record.action,
        "subject": record.subject,
        "facts": dict(record.facts),
    }


def _facts(facts: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {_plain(value)}" for name, value in facts.items() if value)


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return "+".join(map(str, cast("list[object]", value)))
    return str(value)
