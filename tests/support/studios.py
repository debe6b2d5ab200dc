"""Two workspaces over the same stores, each with one of everything that has an id."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from assetql.adapters.local.stores import DATABASE_NAME
from assetql.domain.approval import Approval
from assetql.domain.batch import Batch
from assetql.domain.errors import AssetQLError
from assetql.domain.identity import Principal, Role
from assetql.pipeline.api_keys import create_api_key
from assetql.pipeline.export import Package, request_export
from assetql.pipeline.learn_style import learn_style
from assetql.pipeline.start_batch import request_start
from assetql.pipeline.uploads import add_upload
from assetql.services import Services
from tests.contract.values import ManualClock
from tests.support.driving import drain
from tests.support.homes import draft, started
from tests.support.invariants import assets_of
from tests.support.making import scripted
from tests.support.use_cases import use_cases

STYLES = Path(__file__).parents[2] / "examples" / "styles"
LIST = b"name,description\nSword,sharp\nShield,round\n"


@dataclass(frozen=True, kw_only=True)
class Studio:
    """What one workspace has; `running` has started, `draft` has not."""

    caller: Principal
    draft: Batch
    done: Batch
    running: Batch
    asset_id: str
    approval: Approval
    package: Package
    list_upload: str
    image_upload: str
    style_id: str
    style_name: str
    api_key_id: str

    @property
    def ids(self) -> tuple[str, ...]:
        """Whatever would give another workspace's caller something to ask for."""
        batches = (self.draft.batch_id, self.done.batch_id, self.running.batch_id)
        uploads = (self.list_upload, self.image_upload)
        return (
            *batches,
            *uploads,
            self.asset_id,
            self.approval.approval_id,
            self.package.export_id,
            self.style_id,
            self.api_key_id,
        )


def open_studios(services: Services, clock: ManualClock, *workspaces: str) -> list[Studio]:
    """Fills workspaces, one after the other; what is running in each has not begun its images."""
    studios: list[Studio] = []
    for workspace in workspaces:
        clock.advance(timedelta(seconds=1))
        studios.append(_open(services, workspace, clock))
    return [
        replace(studio, running=started(services, "Bow", key="running", caller=studio.caller))
        for studio in studios
    ]


def _open(services: Services, workspace: str, clock: ManualClock) -> Studio:
    caller = Principal(workspace, f"user of {workspace}", frozenset({Role.OWNER}))
    done = started(services, f"{workspace} Sword", "Potion", key="done", caller=caller)
    drain(services, scripted(), clock)
    asset = assets_of(services.stores, done)[0]
    image_upload = upload(services, caller, f"{workspace}.png", reference())
    style = learn_style(
        f"{workspace} look",
        [image_upload],
        caller=caller,
        stores=services.stores,
        clock=clock,
        embedder=services.embedder,
        image_limits=services.image_limits,
        key="style",
    )
    drafted = draft(services, "Axe", key="draft", caller=caller)
    return Studio(
        caller=caller,
        draft=drafted,
        done=done,
        running=drafted,  # until all studios are there: filling the next one finishes what runs
        asset_id=asset.asset_id,
        approval=request_start(
            drafted.batch_id,
            caller=caller,
            stores=services.stores,
            clock=clock,
            terms=services.terms,
        ),
        package=package_of(services, caller, done),
        list_upload=upload(services, caller, "list.csv", LIST),
        image_upload=image_upload,
        style_id=style.style_id,
        style_name=style.name,
        api_key_id=api_key_of(services, caller),
    )


@cache
def reference() -> bytes:
    return (STYLES / "noto" / "bacon.png").read_bytes()


def upload(services: Services, caller: Principal, filename: str, data: bytes) -> str:
    kept = add_upload(
        filename,
        data,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        image_limits=services.image_limits,
        list_limits=services.list_limits,
    )
    return kept.upload_id


def package_of(services: Services, caller: Principal, batch: Batch) -> Package:
    outcome = request_export(
        presets=["raw"],
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        key="package",
        batch_id=batch.batch_id,
    )
    assert outcome.package
    return outcome.package


def api_key_of(services: Services, caller: Principal) -> str:
    made, _ = create_api_key(
        f"key of {caller.workspace}",
        roles=[Role.EDITOR],
        life=None,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        key="api key",
    )
    return made.key_id


def call(name: str, services: Services, caller: Principal, /, *given: Any, **named: Any) -> Any:
    """Calls a use case with what the services have for its ports, and `named` for the rest."""
    parts: Mapping[str, Any] = {
        "stores": services.stores,
        "clock": services.clock,
        "terms": services.terms,
        "prices": services.prices,
        "embedder": services.embedder,
        "tagger": services.tagger,
        "image_limits": services.image_limits,
        "list_limits": services.list_limits,
        "limits": services.list_limits,
        "audit": services.stores.audit,
        "log": services.stores.audit,
        "at": services.clock.now(),
        "key": "of the test",
        "caller": caller,
    }
    function = use_cases()[name]
    wanted = function.__kwdefaults__ or {}
    names = function.__annotations__.keys() | wanted.keys()
    ports = {key: part for key, part in parts.items() if key in names and key not in named}
    return function(*given, **ports, **named)


def refusal_of(act: Callable[[], object]) -> AssetQLError | None:
    """The error that the call is refused with; other errors pass."""
    try:
        act()
    except AssetQLError as error:
        return error
    return None


def rows_of(home: Path, workspace: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the database has of a workspace, by table."""
    with closing(sqlite3.connect(home / DATABASE_NAME)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        found: dict[str, list[tuple[Any, ...]]] = {}
        for (table,) in tables:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            if "workspace" in columns:
                query = f"SELECT * FROM {table} WHERE workspace=? ORDER BY {', '.join(columns[:3])}"
                found[table] = connection.execute(query, (workspace,)).fetchall()
        return found


def objects_of(services: Services, workspace: str) -> dict[str, bytes]:
    """The objects of a workspace, by key."""
    prefixes = ("raw", "thumbnails", "exports", "style-references", "uploads")
    objects = services.stores.objects
    keys = [key for prefix in prefixes for key in objects.keys(f"{prefix}/{workspace}/")]
    return {key: objects.get(key) for key in keys}
