"""From an intent and its clause to the steps that carry it out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.offline import replies
from agent.offline.clauses import Clause
from agent.offline.entities import (
    count_in,
    ids_in,
    ordinal_in,
    presets_in,
    take_name,
    take_size,
    take_style,
    take_variations,
    taught_name,
    without_ordinals,
)
from agent.offline.items import Item, plain_words
from agent.offline.scene import Scene
from agent.offline.starting import without_hold
from agent.offline.steps import BatchOf, FoundAsset, FoundAssets, OnlyStyle, Step, Unresolved
from agent.offline.tags import edited, take_filter
from agent.offline.targets import MANY, Target, target_of
from agent.offline.things import Order, order_in

_CREATED = BatchOf(("create_batch", "make_variations", "retry_failed", "generate"))
_CAPITALISED = re.compile(r"(?<=[\w,:] )(?!(?:CSV|UI|I)\b)([A-Z][\w'-]+)")
_CHANGE = re.compile(
    r"\b(?:but|except|only|just)\s+(?:(?:make|with|in|have)\s+)*(?:it\s+|them\s+)?(.+)$",
    re.IGNORECASE,
)
_SIDE = 512


@dataclass(frozen=True, slots=True)
class Context:
    """The scene, and what of this message was planned before this step."""

    scene: Scene
    planned: tuple[str, ...]

    @property
    def batch(self) -> object:
        """The batch that this turn makes, if it makes one."""
        makes = {"create_batch", "make_variations", "retry_failed"}
        return _CREATED if makes & set(self.planned) else ""


def style_steps(clauses: Sequence[Clause], scene: Scene) -> list[Step]:
    """set_style. Raises: Unresolved where images or a name are missing."""
    if not scene.images:
        raise Unresolved(replies.ATTACH_IMAGES)
    name = style_name(clauses, scene)
    if not name:
        raise Unresolved(replies.NAME_STYLE)
    return [Step("set_style", {"name": name, "uploads": list(scene.images[:10])})]


def style_name(clauses: Sequence[Clause], scene: Scene) -> str:
    """What the style is to be called."""
    texts = [clause.text for clause in clauses]
    for take in (take_name, take_style):
        for text in texts:
            found = take(text)[0]
            if found:
                return scene.restored(found)
    taught = next((name for text in texts if (name := taught_name(text))), None)
    if taught:
        return scene.restored(taught)
    if scene.text.quotes:
        return scene.text.quotes[0]
    capitalised = (m for text in texts if (m := _CAPITALISED.search(text)))
    return next((m[1] for m in capitalised), "")


def create_steps(text: str, scene: Scene, *, style: object, ask_list: bool) -> list[Step]:
    """create_batch from the attached list or from the things named. Raises: Unresolved."""
    order = order_in(text)
    args = _style_args(order, scene, style)
    steps = [Step("list_styles", {})] if isinstance(args.get("style"), OnlyStyle) else []
    if order.name:
        args["name"] = scene.restored(order.name)
    of_list = ask_list or not any(item.sure and not item.definite for item in order.items)
    if scene.list_id and of_list and (scene.new_list or not order.items):
        return [*steps, Step("create_batch", {"upload": scene.list_id, **args})]
    if not order.items:
        raise Unresolved(replies.ATTACH_LIST if ask_list else replies.NAME_THINGS)
    if order.size:
        args["width"], args["height"] = order.size
    if order.variations:
        args["variations"] = order.variations
    items = [_item(item, scene) for item in order.items]
    return [*steps, Step("create_batch", {"items": items, **args})]


def _style_args(order: Order, scene: Scene, style: object) -> dict[str, object]:
    """The style that is named, else the one that this message teaches, else "that style"."""
    if order.style:
        return {"style": scene.restored(order.style)}
    if not style and order.that_style:
        style = scene.talk.style_name or OnlyStyle()
    return {"style": style} if style else {}


def _item(item: Item, scene: Scene) -> Mapping[str, object]:
    found: dict[str, object] = {
        "name": scene.restored(item.name),
        "description": scene.restored(item.description),
    }
    if item.category:
        found["category"] = item.category
    if item.variations:
        found["variations"] = item.variations
    return found


def quote_step(clause: Clause, context: Context) -> list[Step]:
    """quote: a number of images where one is named, else a batch."""
    scene = context.scene
    if context.batch:
        return [Step("quote", {"batch": context.batch})]
    if scene.new_list:
        upload = Step("create_batch", {"upload": scene.list_id})
        return [upload, Step("quote", {"batch": _CREATED})]
    said = clause.text if count_in(take_size(clause.text)[1]) else without_hold(scene.text.plain)
    size, text = take_size(said)
    each, text = take_variations(text)
    count = count_in(text)
    things = order_in(
        re.sub(r"^.*?\b(?:cost|costs|price\s+of|price\s+for|quote\s+for|for|of)\b", "", text)
    ).items
    images = (count or len(things)) * (each or 1) if count or len(things) > 1 else each or 0
    if not images:
        return [Step("quote", {"batch": named_batch(clause.text, scene)})]
    width, height = size or (_SIDE, _SIDE)
    return [Step("quote", {"images": images, "width": width, "height": height})]


def named_batch(text: str, scene: Scene) -> str:
    """A batch id that was typed, or the one spoken of last; empty: the newest."""
    typed = ids_in(text, "bat")
    return typed[0] if typed else scene.talk.batch_id


def batch_step(tool: str, clause: Clause, context: Context) -> list[Step]:
    """A tool that takes nothing but a batch."""
    return [Step(tool, {"batch": context.batch or named_batch(clause.text, context.scene)})]


def start_step(clause: Clause | None, context: Context) -> list[Step]:
    """generate: of this turn's batch, or of the one that waits as a draft."""
    scene = context.scene
    typed = ids_in(clause.text, "bat") if clause else ()
    batch = context.batch or (typed[0] if typed else scene.talk.draft_id or scene.talk.batch_id)
    return [Step("generate", {"batch": batch})]


def edit_steps(clause: Clause, context: Context) -> list[Step]:
    """edit_tags. Raises: Unresolved where no tag is named."""
    scene = context.scene
    tags = [scene.restored(tag) for tag in edited(clause.rest)]
    if not tags:
        raise Unresolved(replies.NAME_TAGS)
    text = clause.rest
    for tag in edited(clause.rest):
        text = text.replace(tag, " ")
    text = re.sub(r"\b(?:tags?|labels?)\b", " ", text, flags=re.IGNORECASE)
    verb = (
        "remove"
        if clause.head == "delete" or re.match(r"un-?tag", clause.text, re.IGNORECASE)
        else "add"
    )
    found = target_of(_after_preposition(text), scene, batch=context.batch)
    if "search" in context.planned and not found.search:
        found = Target({"assets": FoundAssets()})
    steps = [found.search] if found.search else []
    return [*steps, Step("edit_tags", {**found.args, verb: tags})]


def _after_preposition(text: str) -> str:
    """The assets of "(add x) to the red potions"; the whole where there is no preposition."""
    behind = re.search(r"\b(?:to|on|onto|from|off)\b\s*(.+)$", text, re.IGNORECASE)
    return behind[1] if behind else text


def export_steps(clause: Clause, context: Context) -> list[Step]:
    """Export. Raises: Unresolved where no preset is named."""
    presets = presets_in(clause.text) or presets_in(context.scene.text.plain)
    if not presets:
        raise Unresolved(replies.NAME_PRESET)
    if context.batch:  # what this message makes is what it packs
        return [Step("export", {"presets": list(presets), "batch": context.batch})]
    found = _target(clause.rest if clause.head else "", context)
    steps = [found.search] if found.search else []
    return [*steps, Step("export", {"presets": list(presets), **found.args})]


def _target(text: str, context: Context) -> Target:
    """What an effect is about: where the clause doesn't say, what was searched for before it."""
    found = target_of(text, context.scene, batch=context.batch)
    if found.search or found.args.get("assets") or context.batch:
        return found
    if "search" in context.planned:
        return Target({"assets": FoundAssets()})
    tagged = take_filter(context.scene.text.plain)[0]
    if tagged and not take_filter(text)[0]:
        tags = [context.scene.restored(tag) for tag in tagged]
        return Target({"assets": FoundAssets()}, Step("search", {"tags": tags, "limit": MANY}))
    return found


def vary_steps(clause: Clause, context: Context) -> list[Step]:
    """make_variations, behind a search where the list has to be looked up first."""
    scene = context.scene
    count = _how_many(clause.text)
    change = _CHANGE.search(clause.text)
    args: dict[str, object] = {"count": count}
    if change:
        args["change"] = scene.restored(change[1])
    ids = ids_in(clause.text, "ast")
    if ids:
        return [Step("make_variations", {"asset": ids[0], **args})]
    shown = [str(asset["asset_id"]) for asset in scene.talk.listing]
    place = ordinal_in(clause.text) or ordinal_in(scene.text.plain)
    if place is None and len(shown) == 1:
        place = 1
    if place and place <= len(shown):
        return [Step("make_variations", {"asset": shown[place - 1 if place > 0 else -1], **args})]
    if place and not shown:
        look = Step("search", {"batch": scene.talk.batch_id, "limit": 20})
        return [look, Step("make_variations", {"asset": FoundAsset(place), **args})]
    if place:
        raise Unresolved(replies.WHICH_ASSET)
    return _vary_by_name(clause, scene, args)


def _vary_by_name(clause: Clause, scene: Scene, args: Mapping[str, object]) -> list[Step]:
    text = re.split(r"\b(?:like|of|to|as|on)\b", _CHANGE.sub("", clause.text))[-1]
    name = plain_words(scene.restored(re.sub(r"\d+", " ", text)))
    if not name:
        raise Unresolved(replies.WHICH_ASSET)
    look = Step("search", {"text": name, "limit": 5})
    return [look, Step("make_variations", {"asset": FoundAsset(1), **args})]


def _how_many(text: str) -> int:
    counted = count_in(without_ordinals(text))
    if counted:
        return counted
    return (
        1
        if re.search(r"\b(?:another|one\s+more|a\s+variation|a\s+version)\b", text, re.IGNORECASE)
        else 3
    )
