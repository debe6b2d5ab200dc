"""Conditions of rules: what a clause is about, in its scene."""

import re

from agent.offline.clauses import Clause
from agent.offline.entities import ids_in, ordinal_in, presets_in, take_style
from agent.offline.lexicon import words
from agent.offline.scene import Scene
from agent.offline.things import announced, things_in
from agent.offline.vocabulary import CATEGORY, ENGINES

_PACKAGE_NOUN = words(
    [
        *(p for patterns in ENGINES.values() for p in patterns),
        r"packages?", r"packs?", r"bundles?", r"zips?", "archive", r"exports?", "download", "files",
    ]
)  # fmt: skip
_OBJECT_IS_PACKAGE = re.compile(
    rf"^(?:(?:me|us|an?|the|one|single|it|them|that|this|those|these|everything|all|my|our|"
    rf"from|with|out|ready-made|complete|nice|proper|into|as|in|to|for|of|new|\w+ed|"
    rf"game)\s+)*{_PACKAGE_NOUN.pattern}",
    re.IGNORECASE,
)
_OBJECT_IS_STYLE = re.compile(
    r"^(?:(?:to|me|us|an?|the|our|my|this|these|those|that|it|them|new|own|art|house|visual|"
    r"into|up|out|of|images?|pictures?|references?|from|\d+|attached|qq\d+qq|"
    r"(?-i:[A-Z])\w+)\s+)*(?:styles?|look|aesthetic)\b",
    re.IGNORECASE,
)
STOPPING = re.compile(
    r"\b(?:it|this|that|them|everything|generation|batch)\s+(?:to\s+)?stop(?:ped)?\b"
    r"|\bcancel(?:l?ed|ling|lation)?\b|\babort(?:ed)?\b",
    re.IGNORECASE,
)
_EXISTING = re.compile(
    r"\b(?:that|this|the\s+\w+)\s+(?:one|image|asset|icon|picture|sprite|version)\b"
    r"|\b(?:like|of|to|as|on)\s+(?:that|this|it|those|these|the)\b",
    re.IGNORECASE,
)
TAGGED = re.compile(r"\b(?:tagged|labell?ed)\b", re.IGNORECASE)
FIX = re.compile(r"\b(?:try|fix|repair|give|let|attempt|go|take|have)\b", re.IGNORECASE)


_QUESTION = re.compile(
    r"(?:and\s+|so\s+|of\s+\w+(?:\s+\w+){0,6},?\s+)?(?:how\s+(?:many|much|far|long|is|are|do|does|come)|"
    r"which|what(?!\s+about)|why|when|where|who|whose|is|are|was|were|has|does|did)\b",
    re.IGNORECASE,
)


def starts_as_question(text: str) -> bool:
    """Whether a text asks for facts, so that nothing is made or started of it."""
    return bool(_QUESTION.match(text)) and (
        "?" in text or bool(re.match(r"how|which|what|why|who", text, re.IGNORECASE))
    )


def has_things(clause: Clause, scene: Scene) -> bool:
    """Whether things to make are named behind the verb."""
    return bool(things_in(clause.rest))


def counted_things(clause: Clause, scene: Scene) -> bool:
    """Whether things are asked for with a count, an article or a size."""
    return announced(clause.rest if clause.head else clause.text)


def kind_in_question(clause: Clause, scene: Scene) -> bool:
    """Whether a kind is asked for without a verb: "Red potions?"."""
    kinds = any(pattern.search(clause.text) for pattern in CATEGORY.values())
    return clause.question and kinds and len(clause.text.split()) <= 6


def of_list(clause: Clause, scene: Scene) -> bool:
    """The attached list is what is to be made: named, or nothing else is."""
    if clause.has("list") and not has_things(clause, scene):
        return True
    return scene.new_list and not has_things(clause, scene)


def to_make(clause: Clause, scene: Scene) -> bool:
    """Whether there is something to make: the list, or things."""
    return of_list(clause, scene) or has_things(clause, scene)


def existing(clause: Clause, scene: Scene) -> bool:
    """Whether the clause points at an asset that is there."""
    text = clause.text
    return bool(
        ordinal_in(scene.text.plain)
        or ids_in(text, "ast")
        or (_EXISTING.search(text) and not clause.has("style"))
        or (clause.has("more") and clause.has("like") and not take_style(text)[0])
    )


def existing_kind(clause: Clause, scene: Scene) -> bool:
    """Whether all or any of a known kind are asked for: those that are there."""
    kinds = any(pattern.search(clause.rest) for pattern in CATEGORY.values())
    every = re.match(r"(?:me\s+|us\s+)?(?:all|any|every)\b", clause.rest, re.IGNORECASE)
    return kinds and bool(every) and not scene.new_list


def packs(clause: Clause, scene: Scene) -> bool:
    """Whether the verb's object is a package."""
    return bool(_OBJECT_IS_PACKAGE.match(clause.rest))


def learns(clause: Clause, scene: Scene) -> bool:
    """Whether the verb's object is a style."""
    return bool(_OBJECT_IS_STYLE.match(clause.rest)) and not scene.talk.said.count("?") > 3


def images_at_hand(clause: Clause, scene: Scene) -> bool:
    """Whether there are images that a style can be learnt from."""
    return scene.new_images or (bool(scene.images) and clause.has("images"))


def wants_export_too(clause: Clause) -> bool:
    """Whether a request to make things says for which engine."""
    return bool(presets_in(clause.text)) and clause.has("preset")
