"""Nothing that a caller can say reaches another workspace: the answer is "not found"."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain.tools import ToolRuntime
from langchain_core.messages import ToolMessage

from agent.context import AgentContext
from agent.langchain_tools import langchain_tool
from agent.tools import TOOLS
from assetql.domain.errors import InvalidInput, NotFound
from assetql.domain.identity import Role
from assetql.pipeline.export import link_to
from assetql.pipeline.search import AssetQuery
from assetql.services import Services
from tests.support.homes import rows_named
from tests.support.studios import LIST, Studio, call, objects_of, refusal_of, rows_of
from tests.support.tool_attacks import TOOL_CALLS
from tests.support.use_cases import use_cases

# What a rival says with our ids; each has to be refused as if there were no such thing.
Attack = tuple[tuple[Any, ...], dict[str, Any]]
Attacks = Callable[[Studio], list[Attack]]


def says(*given: Any, **named: Any) -> Attack:
    return given, named


def of_batches(**named: Any) -> Attacks:
    return lambda ours: [
        says(batch.batch_id, **named) for batch in (ours.draft, ours.done, ours.running)
    ]


NOT_FOUND: dict[str, Attacks] = {
    "announce_upload.complete_upload": lambda ours: [says(ours.list_upload)],
    "api_keys.revoke_api_key": lambda ours: [says(ours.api_key_id)],
    "approvals.get_approval": lambda ours: [says(ours.approval.approval_id)],
    "approve.answer_approval": lambda ours: [
        says(ours.approval.approval_id, approve=True),
        says(ours.approval.approval_id, approve=False),
    ],
    "batch_contents.read_assets": of_batches(),
    "batch_contents.read_tasks": of_batches(),
    "batch_status.get_batch": of_batches(),
    "batch_status.find_batch": of_batches(),
    "cancel_batch.cancel_batch": of_batches(),
    "create_batch.rows_of_upload": lambda ours: [says(ours.list_upload, valid_rows_only=True)],
    "create_batch.create_batch": lambda ours: [
        says(rows_named("Fork"), name=None, style=style)
        for style in (ours.style_id, ours.style_name)
    ],
    "delete_style.delete_style": lambda ours: [says(ours.style_id), says(ours.style_name)],
    "edit_tags.edit_tags": lambda ours: [
        says([ours.asset_id], add=["stolen"], remove=[]),
    ],
    "export.request_export": lambda ours: [
        says(presets=["raw"], batch_id=ours.done.batch_id),
        says(presets=["raw"], batch_id=ours.running.batch_id),
        says(presets=["raw"], asset_ids=[ours.asset_id]),
    ],
    "export.pack_batch": lambda ours: [says(ours.done, ["raw"])],
    "export.get_package": lambda ours: [
        says(ours.package.export_id),
        says(f"../{ours.caller.workspace}/{ours.package.export_id}"),
    ],
    "learn_style.learn_style": lambda ours: [says("stolen", [ours.image_upload])],
    "learn_style.find_style": lambda ours: [says(ours.style_id), says(ours.style_name)],
    "learn_style.get_style": lambda ours: [says(ours.style_id), says(ours.style_name)],
    "make_variations.make_variations": lambda ours: [says(ours.asset_id, count=1, change=None)],
    "notify.notify": of_batches(),
    "retry_failed.retry_failed": of_batches(),
    "search.get_asset": lambda ours: [says(ours.asset_id)],
    "search.search": lambda ours: [
        says(AssetQuery(similar_to=ours.asset_id)),
        says(AssetQuery(style=ours.style_id)),
        says(AssetQuery(style=ours.style_name)),
    ],
    "start_batch.request_start": of_batches(),
    "tag.tag_batch": of_batches(),
    "uploads.get_upload": lambda ours: [says(ours.list_upload), says(ours.image_upload)],
}

# What a rival may do, with keys and names that are ours too: it stays in their workspace.
STAYS: dict[str, Attacks] = {
    "announce_upload.announce_upload": lambda ours: [
        says("list.csv", size_bytes=3, media_type="text/csv", key="draft"),
    ],
    "api_keys.create_api_key": lambda ours: [
        says("stolen", roles=[Role.OWNER], life=None, key="another"),
    ],
    "api_keys.list_api_keys": lambda ours: [says(), says(after=ours.api_key_id)],
    "approvals.list_approvals": lambda ours: [says()],
    "audit.note": lambda ours: [says(action="batch.start", subject=ours.draft.batch_id)],
    "audit.read_audit": lambda ours: [says()],
    "batch_contents.list_batches": lambda ours: [says(), says(after=ours.draft.batch_id)],
    "batch_status.find_batch": lambda ours: [says(None), says(None, thread_id="thread")],
    "create_batch.create_batch": lambda ours: [
        says(rows_named("Fork"), name=None, style=None, key=key, thread_id="thread")
        for key in ("draft", "done", "running")
    ],
    "learn_style.list_styles": lambda ours: [says()],
    "list_packages.list_packages": lambda ours: [says()],
    "quote.quote_items": lambda ours: [says(rows_named("Fork"))],
    "search.search": lambda ours: [
        says(AssetQuery()),
        says(AssetQuery(text="studio sword")),
        says(AssetQuery(batch_id=ours.done.batch_id)),
    ],
    "set_budget.set_budget": lambda ours: [says(0)],
    "usage.read_usage": lambda ours: [says()],
    "uploads.add_upload": lambda ours: [
        says("list.csv", LIST),
        says("list.csv", LIST, key="draft", thread_id="thread"),
    ],
}


def told_of(ours: Studio, answer: object, *asked: object) -> set[str]:
    """What an answer has of us that was not in the question."""
    secrets = {*ours.ids, ours.caller.user, ours.style_name}
    return {s for s in secrets if s in repr(answer) and s not in repr(asked)}


@pytest.fixture
def nothing_of_ours_changes(services: Services, home: Path, ours: Studio) -> Iterator[None]:
    def all_of_ours() -> tuple[object, object]:
        workspace = ours.caller.workspace
        return rows_of(home, workspace), objects_of(services, workspace)

    before = all_of_ours()
    yield
    assert all_of_ours() == before


def test_every_use_case_is_attacked() -> None:
    assert use_cases().keys() == NOT_FOUND.keys() | STAYS.keys()


@pytest.mark.usefixtures("nothing_of_ours_changes")
@pytest.mark.parametrize("name", NOT_FOUND)
def test_the_ids_of_another_workspace_are_not_found(
    name: str, services: Services, home: Path, ours: Studio, theirs: Studio
) -> None:
    before = rows_of(home, "rival")
    for given, named in NOT_FOUND[name](ours):
        refusal = refusal_of(lambda g=given, n=named: call(name, services, theirs.caller, *g, **n))
        assert type(refusal) is NotFound, (given, named)
        assert not told_of(ours, refusal, given, named)
    assert rows_of(home, "rival") == before


@pytest.mark.parametrize("name", NOT_FOUND)
def test_the_owner_is_let_in_with_the_same_words(
    name: str, services: Services, ours: Studio
) -> None:
    given, named = NOT_FOUND[name](ours)[0]
    refusal = refusal_of(lambda: call(name, services, ours.caller, *given, **named))
    assert not isinstance(refusal, NotFound), "nothing was attacked"


@pytest.mark.usefixtures("nothing_of_ours_changes")
@pytest.mark.parametrize("name", STAYS)
def test_what_a_rival_does_stays_with_them(
    name: str, services: Services, ours: Studio, theirs: Studio
) -> None:
    for given, named in STAYS[name](ours):
        answer = call(name, services, theirs.caller, *given, **named)
        assert not told_of(ours, answer, given, named)


@pytest.mark.usefixtures("nothing_of_ours_changes")
def test_a_cursor_of_another_workspace_leads_nowhere(
    services: Services, ours: Studio, theirs: Studio
) -> None:
    query = AssetQuery(limit=1)
    page = call("search.search", services, ours.caller, query)
    assert page.cursor
    try:
        stolen = call("search.search", services, theirs.caller, query, cursor=page.cursor)
    except InvalidInput:
        return
    assert {asset.workspace for asset in stolen.assets} <= {theirs.caller.workspace}


def test_a_link_is_to_the_callers_own_package(
    services: Services, ours: Studio, theirs: Studio
) -> None:
    mine = call("export.get_package", services, theirs.caller, theirs.package.export_id)
    assert mine == theirs.package
    link = link_to(mine, stores=services.stores, terms=services.terms)
    assert f"/{ours.caller.workspace}/" not in link


def test_every_tool_that_takes_something_is_attacked() -> None:
    assert {tool.name for tool in TOOLS} == TOOL_CALLS.keys() | {"list_styles"}


@pytest.mark.usefixtures("nothing_of_ours_changes")
@pytest.mark.parametrize("tool", TOOL_CALLS)
def test_a_tool_reaches_no_other_workspace(
    tool: str, services: Services, ours: Studio, theirs: Studio
) -> None:
    for arguments in TOOL_CALLS[tool](ours):
        with pytest.raises(NotFound):
            use_tool(tool, services, theirs, arguments)


def test_tools_without_a_reference_stay_at_home(
    services: Services, ours: Studio, theirs: Studio
) -> None:
    for tool in ("list_styles", "search", "batch_status", "quote"):
        message = use_tool(tool, services, theirs, {})
        shown = f"{message.text} {message.artifact}"
        assert not [secret for secret in ours.ids if secret in shown]


def use_tool(tool: str, services: Services, who: Studio, arguments: dict[str, Any]) -> ToolMessage:
    runtime: ToolRuntime[AgentContext, dict[str, object]] = ToolRuntime(
        state={},
        context=AgentContext(caller=who.caller, thread_id="thread", services=services),
        config={},
        stream_writer=lambda _: None,
        tool_call_id="stolen",
        store=None,
    )
    operations = {each.name: each for each in TOOLS}
    made: Any = {
        "name": tool,
        "args": {**arguments, "runtime": runtime},
        "id": "stolen",
        "type": "tool_call",
    }
    message = langchain_tool(operations[tool]).invoke(made)
    assert isinstance(message, ToolMessage)
    return message
