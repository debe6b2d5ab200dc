"""Which assets a request is about: ids, a place in the last list, a search, or a batch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.offline.clauses import Clause
from agent.offline.entities import ids_in, ordinal_in, take_since, take_style
from agent.offline.items import plain_words
from agent.offline.lexicon import words
from agent.offline.scene import Scene
from agent.offline.steps import FoundAssets, Step
from agent.offline.tags import take_filter, take_untagged
from agent.offline.vocabulary import CATEGORY, ENGINES, ITSELF_A_NAME

MANY = 200
_ENGINE = words(
    [
        *(p for patterns in ENGINES.values() for p in patterns),
        r"packages?", r"packs?", r"bundles?", r"zips?(?:\s+files?)?", "archive", r"downloads?",
        "game", "engine", "project", "app", "folder", "ready",
    ]
)  # fmt: skip
_THE_BATCH = words(
    [r"batch(?:es)?", "results?", "job", "run", r"new(?:est)?\s+\w+", r"(?:latest|freshest|"
                                                                      r"(?:most\s+)?recent)\s+\w+",
    r"last\s+batch", "order"]
)  # fmt: skip
_SHOWN = words(
    [
        "these",
        "those",
        "them",
        "they",
        r"(?:the\s+)?(?:first|last)\s+\d+",
        "shown",
        "listed",
        "found",
    ]
)
_PURPOSE = re.compile(r"\b(?:for|to|into|onto|on|as|in|so|using)\b", re.IGNORECASE)
_CONTENTS = re.compile(
    r"\b(?:of|with|containing|from|holding|that\s+(?:has|contains))\b", re.IGNORECASE
)
_QUANTIFIER = re.compile(
    r"\b(?:all|every|everything|any|anything|whatever|whichever)\b(?!\s*$)", re.IGNORECASE
)
_FIRST = re.compile(r"\bfirst\s+(\d+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """`search`: a step that finds the assets first; `args` for the tool that acts on them."""

    args: Mapping[str, object]
    search: Step | None = None


def target_of(text: str, scene: Scene, *, batch: object) -> Target:
    """What `text`, the object of a request, is about; `batch` where it names nothing else."""
    assets = ids_in(text, "ast")
    if assets:
        return Target({"assets": list(assets)})
    batches = ids_in(text, "bat")
    if batches:
        return Target({"batch": batches[0]})
    query = query_of(_object(text), scene)
    if query:
        query["limit"] = MANY
        return Target({"assets": FoundAssets()}, Step("search", query))
    if not batch:
        shown = _shown(text, scene)
        if shown:
            return Target({"assets": shown})
    return Target({"batch": batch or scene.talk.batch_id})


def _shown(text: str, scene: Scene) -> list[str]:
    """Assets of the last list, if the text means them."""
    ids = [str(asset["asset_id"]) for asset in scene.talk.listing]
    place = ordinal_in(_FIRST.sub(" ", text))
    if place and ids and place <= len(ids):
        return [ids[place - 1 if place > 0 else -1]]
    if not scene.talk.listing_is_latest or _THE_BATCH.search(text):
        return []
    first = _FIRST.search(text)
    return ids[: int(first[1])] if first else ids


def _object(text: str) -> str:
    """The part that names the assets: before the purpose, or what a package is of."""
    filtered = take_filter(text)[0] or take_untagged(text)[0]
    if filtered:
        return text
    contents = _CONTENTS.search(text)
    head = _PURPOSE.split(text, maxsplit=1)[0]
    if contents and _ENGINE.search(text[: contents.start()]):
        head = _PURPOSE.split(text[contents.end() :], maxsplit=1)[0]
    return "" if _THE_BATCH.search(head) else _ENGINE.sub(" ", head)


def query_of(text: str, scene: Scene) -> dict[str, object]:
    """The arguments of a search; empty where the text names nothing to look for."""
    since, text = take_since(text)
    query, text = _tag_filters(text, scene)
    style, text = take_style(text)
    named, category = _words_and_category(scene.restored(text))
    filters = {
        "since": since,
        "style": scene.restored(style),
        "batch": next(iter(ids_in(text, "bat")), ""),
        "category": category,
        "text": named,
    }
    return query | {name: value for name, value in filters.items() if value}


def _behind_quantifier(text: str) -> str:
    """What follows "all": in "a sheet holding all potions" the potions."""
    found = _QUANTIFIER.search(text)
    return text[found.end() :] if found else text


def _tag_filters(text: str, scene: Scene) -> tuple[dict[str, object], str]:
    """Tags to filter by, and the text that names the assets besides."""
    untagged, text = take_untagged(text)
    tags, text = take_filter(text)
    text = _behind_quantifier(text)
    if not (tags or untagged):
        return {}, text
    about = re.sub(r"^\s*(?:for|to|in|on|as)\b", " ", text, flags=re.IGNORECASE)
    query: dict[str, object] = {"untagged": True} if untagged else {}
    if tags:
        query["tags"] = [scene.restored(tag) for tag in tags]
    return query, _ENGINE.sub(" ", _PURPOSE.split(about, maxsplit=1)[0])


def _words_and_category(text: str) -> tuple[str, str]:
    """Words to look for, and a category: a noun that no name holds is taken for that alone."""
    left = plain_words(text)
    for name, pattern in CATEGORY.items():
        found = pattern.search(left)
        if found:
            others = pattern.sub(" ", left).split()
            if name in ITSELF_A_NAME:
                return left, "" if others else name
            return " ".join(others), name
    return left, ""


def search_step(clause: Clause, scene: Scene) -> Step:
    """A search for what the clause names."""
    query = query_of(clause.rest if clause.head else clause.text, scene)
    likeness = _likeness(clause, scene)
    if likeness:
        return Step("search", {"similar_to": likeness})
    return Step("search", query)


def _likeness(clause: Clause, scene: Scene) -> str:
    """An asset or an attached image that others should be like."""
    if not clause.has("like"):
        return ""
    ids = ids_in(clause.text, "ast")
    if ids:
        return ids[0]
    if scene.new_images:
        return scene.images[0]
    shown = [str(asset["asset_id"]) for asset in scene.talk.listing]
    place = ordinal_in(clause.text)
    if place and shown and place <= len(shown):
        return shown[place - 1 if place > 0 else -1]
    return ""
