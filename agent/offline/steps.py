"""A plan's steps: tool calls whose arguments may refer to results that don't exist yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.offline.conversation import Facts, Result, assets_of


@dataclass(frozen=True, slots=True)
class BatchOf:
    """The batch of the newest result of these tools in this turn."""

    tools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundAssets:
    """The assets of this turn's search."""


@dataclass(frozen=True, slots=True)
class FoundAsset:
    """One asset of this turn's search: its place from 1, or -1 for the last."""

    place: int


@dataclass(frozen=True, slots=True)
class OnlyStyle:
    """The style that this turn's list has, if it is the only one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call to make."""

    tool: str
    args: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order; or, without any, what to say. `remark` is added to the final answer."""

    steps: tuple[Step, ...] = ()
    say: str = ""
    remark: str = ""


class Unresolved(Exception):
    """What a step needs is not there; the message is for the person."""


def resolved(step: Step, done: Sequence[Result]) -> Facts:
    """The arguments with references replaced. Raises: Unresolved."""
    return {key: _value(value, done) for key, value in step.args.items()}


def _value(value: object, done: Sequence[Result]) -> object:
    if isinstance(value, BatchOf):
        ids = [str(r.facts.get("batch_id") or "") for r in done if r.tool in value.tools]
        return ids[-1] if ids else ""
    if isinstance(value, FoundAssets):
        return [asset["asset_id"] for asset in _found(done)]
    if isinstance(value, FoundAsset):
        found = _found(done)
        if value.place > len(found):
            raise Unresolved("The list isn't that long: which of the assets shown do you mean?")
        return found[value.place - 1 if value.place > 0 else -1]["asset_id"]
    if isinstance(value, OnlyStyle):
        return _only_style(done)
    return value


def _found(done: Sequence[Result]) -> Sequence[Facts]:
    searches = [assets_of(r) for r in done if r.tool == "search"]
    if not searches or not searches[-1]:
        raise Unresolved("I found no assets for that, so nothing was changed.")
    return searches[-1]


def _only_style(done: Sequence[Result]) -> str:
    listed = [r.facts.get("styles") for r in done if r.tool == "list_styles"]
    styles = listed[-1] if listed else None
    if not isinstance(styles, list) or not styles:
        raise Unresolved(
            "There is no style yet: attach one to ten reference images and say, for instance, "
            '"these are our style, call it Meadow".'
        )
    if len(styles) > 1:
        raise Unresolved("There are several styles (see the card): which one shall I use?")
    return str(styles[0]["name"])
