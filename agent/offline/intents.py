"""What a clause asks for: a table of rules, the first that holds wins."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from agent.offline.clauses import Clause
from agent.offline.entities import ids_in, ordinal_in, presets_in, take_style
from agent.offline.lexicon import words
from agent.offline.scene import Scene
from agent.offline.tags import edited, take_filter
from agent.offline.things import announced, things_in
from agent.offline.vocabulary import CATEGORY, ENGINES


class Intent(StrEnum):
    """What a clause can be for. The values of most are the names of tools."""

    SET_STYLE = "set_style"
    CREATE = "create_batch"
    QUOTE = "quote"
    START = "generate"
    STATUS = "batch_status"
    CANCEL = "cancel_batch"
    RETRY = "retry_failed"
    TAG = "tag"
    EDIT_TAGS = "edit_tags"
    SEARCH = "search"
    VARY = "make_variations"
    EXPORT = "export"
    LIST_STYLES = "list_styles"
    CALL = "call"
    FAILED = "failed"
    DELETE = "delete"
    OTHERS = "others"
    REFUSE = "refuse"
    HELP = "help"
    GREETING = "greeting"
    THANKS = "thanks"
    YES = "yes"
    NO = "no"


Condition = Callable[[Clause, Scene], bool]
_PACKAGE_NOUN = words(
    [
        *(p for patterns in ENGINES.values() for p in patterns),
        r"packages?", r"packs?", r"bundles?", r"zips?", "archive", r"exports?", "download", "files",
    ]
)  # fmt: skip
_OBJECT_IS_PACKAGE = re.compile(
    rf"^(?:(?:me|us|an?|the|one|single|it|them|that|this|those|these|everything|all|my|our|"
    rf"ready-made|complete|nice|proper|into|as|in|to|for|of|new|\w+ed|"
    rf"game)\s+)*{_PACKAGE_NOUN.pattern}",
    re.IGNORECASE,
)
_OBJECT_IS_STYLE = re.compile(
    r"^(?:(?:me|us|an?|the|our|my|this|these|those|that|it|them|new|own|art|house|visual|"
    r"into|up|out|of|images?|pictures?|references?|from|\d+|attached|qq\d+qq|"
    r"(?-i:[A-Z])\w+)\s+)*(?:styles?|look|aesthetic)\b",
    re.IGNORECASE,
)
_STOPPING = re.compile(
    r"\b(?:it|this|that|them|everything|generation|batch)\s+(?:to\s+)?stop(?:ped)?\b"
    r"|\bcancel(?:l?ed|ling|lation)?\b|\babort(?:ed)?\b",
    re.IGNORECASE,
)
_EXISTING = re.compile(
    r"\b(?:that|this|the\s+\w+)\s+(?:one|image|asset|icon|picture|sprite|version)\b"
    r"|\b(?:like|of|to|as|on)\s+(?:that|this|it|those|these|the)\b",
    re.IGNORECASE,
)
_TAGGED = re.compile(r"\b(?:tagged|labell?ed)\b", re.IGNORECASE)
_FIX = re.compile(r"\b(?:try|fix|repair|give|let|attempt|go|take|have)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Holds where the head is one of `heads`, one of `some` and none of `none` is a concept."""

    intent: Intent
    heads: frozenset[str | None] | None = None
    some: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    when: Condition = lambda clause, scene: True

    def holds(self, clause: Clause, scene: Scene) -> bool:
        """Whether the clause is for this intent."""
        return (
            (self.heads is None or clause.head in self.heads)
            and (not self.some or clause.has(*self.some))
            and not clause.has(*self.none)
            and self.when(clause, scene)
        )


def _heads(*names: str | None) -> frozenset[str | None]:
    return frozenset(names)


def _has_things(clause: Clause, scene: Scene) -> bool:
    return bool(things_in(clause.rest))


def _counted_things(clause: Clause, scene: Scene) -> bool:
    return announced(clause.rest if clause.head else clause.text)


def _kind_in_question(clause: Clause, scene: Scene) -> bool:
    """Whether a kind is asked for without a verb: "Red potions?"."""
    kinds = any(pattern.search(clause.text) for pattern in CATEGORY.values())
    return clause.question and kinds and len(clause.text.split()) <= 6


def _of_list(clause: Clause, scene: Scene) -> bool:
    """The attached list is what is to be made: named, or nothing else is."""
    if clause.has("list") and not _has_things(clause, scene):
        return True
    return scene.new_list and not _has_things(clause, scene)


def _to_make(clause: Clause, scene: Scene) -> bool:
    return _of_list(clause, scene) or _has_things(clause, scene)


def _existing(clause: Clause, scene: Scene) -> bool:
    """Whether the clause points at an asset that is there."""
    text = clause.text
    return bool(
        ordinal_in(scene.text.plain)
        or ids_in(text, "ast")
        or (_EXISTING.search(text) and not clause.has("style"))
        or (clause.has("more") and clause.has("like") and not take_style(text)[0])
    )


def _existing_kind(clause: Clause, scene: Scene) -> bool:
    """Whether all or any of a known kind are asked for: those that are there."""
    kinds = any(pattern.search(clause.rest) for pattern in CATEGORY.values())
    every = re.match(r"(?:me\s+|us\s+)?(?:all|any|every)\b", clause.rest, re.IGNORECASE)
    return kinds and bool(every) and not scene.new_list


def _packs(clause: Clause, scene: Scene) -> bool:
    return bool(_OBJECT_IS_PACKAGE.match(clause.rest))


def _learns(clause: Clause, scene: Scene) -> bool:
    return bool(_OBJECT_IS_STYLE.match(clause.rest)) and not scene.talk.said.count("?") > 3


def _images_at_hand(clause: Clause, scene: Scene) -> bool:
    return scene.new_images or (bool(scene.images) and clause.has("images"))


_SOFT = _heads("make", "want", "start", "learn", "search", "vary", None)
RULES: tuple[Rule, ...] = (
    Rule(intent=Intent.REFUSE, some=("injection",)),
    Rule(intent=Intent.OTHERS, some=("others",), none=()),
    Rule(intent=Intent.EDIT_TAGS, heads=_heads("delete"), some=("tagging",)),
    Rule(intent=Intent.DELETE, heads=_heads("delete")),
    Rule(
        intent=Intent.DELETE, some=("delete",), heads=_heads("want", "make", "start", None, "learn")
    ),
    Rule(intent=Intent.HELP, some=("help",)),
    Rule(intent=Intent.QUOTE, some=("price",), heads=_SOFT | _heads("price")),
    Rule(
        intent=Intent.LIST_STYLES,
        some=("styles",),
        heads=_heads("search", "want", "tag", None),
        when=lambda c, s: not s.new_images,
    ),
    Rule(
        intent=Intent.LIST_STYLES,
        some=("style",),
        heads=_heads("search"),
        when=lambda c, s: not take_style(c.text)[0] and not s.new_images,
    ),
    Rule(intent=Intent.RETRY, heads=_heads("retry"), when=lambda c, s: not c.negated),
    Rule(
        intent=Intent.RETRY,
        some=("fail",),
        heads=_SOFT,
        when=lambda c, s: c.has("again") or c.head in {"start", "make"} or bool(_FIX.match(c.text)),
    ),
    Rule(
        intent=Intent.RETRY,
        some=("again",),
        heads=_heads("start", "make", "want", "learn", None),
        when=lambda c, s: not _counted_things(c, s) or bool(_FIX.match(c.text)),
    ),
    Rule(
        intent=Intent.STATUS,
        some=("status",),
        heads=_heads(None, "search", "want", "start", "learn"),
    ),
    Rule(
        intent=Intent.VARY,
        some=("more", "like"),
        none=("preset",),
        heads=_heads("make", "want", "vary", None),
        when=_existing,
    ),
    Rule(intent=Intent.VARY, heads=_heads("vary"), when=_existing),
    Rule(intent=Intent.CANCEL, heads=_heads("cancel")),
    Rule(
        intent=Intent.CANCEL,
        heads=_heads("make", "want", "start", None),
        when=lambda c, s: bool(_STOPPING.search(c.text)) and not c.has("preset"),
    ),
    Rule(
        intent=Intent.SET_STYLE,
        some=("style",),
        heads=_heads("learn", "call", None),
        when=_images_at_hand,
    ),
    Rule(
        intent=Intent.SET_STYLE,
        some=("style",),
        heads=_heads("make", "learn", "want"),
        when=lambda c, s: _learns(c, s) and (s.new_images or c.has("images")),
    ),
    Rule(
        intent=Intent.SET_STYLE,
        heads=_heads("learn", None),
        some=("images",),
        none=("list", "preset", "to_tag"),
        when=lambda c, s: s.new_images,
    ),
    Rule(intent=Intent.EXPORT, heads=_heads("export")),
    Rule(intent=Intent.EXPORT, some=("preset", "package"), heads=_SOFT, when=_packs),
    Rule(
        intent=Intent.EXPORT,
        some=("preset",),
        heads=_heads("want", "learn", "start", None, "search"),
        when=lambda c, s: (
            bool(take_filter(c.text)[0]) or not (_counted_things(c, s) or _of_list(c, s))
        ),
    ),
    Rule(intent=Intent.EDIT_TAGS, heads=_heads("tag"), when=lambda c, s: bool(edited(c.rest))),
    Rule(intent=Intent.TAG, heads=_heads("tag")),
    Rule(
        intent=Intent.EDIT_TAGS,
        some=("tagging",),
        none=("untagged",),
        heads=_heads("make", "want", "learn", "start", None),
        when=lambda c, s: bool(edited(c.rest)) and not take_filter(c.text)[0],
    ),
    Rule(
        intent=Intent.EDIT_TAGS,
        heads=_heads("make", "want", "learn"),
        some=("tagging",),
        none=("untagged",),
        when=lambda c, s: bool(edited(c.rest)) and not _TAGGED.search(c.text),
    ),
    Rule(
        intent=Intent.TAG,
        some=("tagging",),
        none=("untagged",),
        heads=_heads("make", "want", "learn", "start", None),
        when=lambda c, s: not take_filter(c.text)[0] and not _counted_things(c, s),
    ),
    Rule(
        intent=Intent.EDIT_TAGS,
        some=("to_tag",),
        none=("untagged",),
        when=lambda c, s: bool(edited(c.text)),
    ),
    Rule(intent=Intent.TAG, some=("to_tag",), none=("untagged",)),
    Rule(intent=Intent.CALL, heads=_heads("call")),
    Rule(intent=Intent.SEARCH, heads=_heads("search")),
    Rule(intent=Intent.SEARCH, heads=_heads("want"), when=_existing_kind),
    Rule(
        intent=Intent.SEARCH,
        heads=_heads("want", None),
        when=lambda c, s: c.has("untagged") or bool(take_filter(c.text)[0]),
    ),
    Rule(intent=Intent.SEARCH, heads=_heads(None), when=_kind_in_question),
    Rule(intent=Intent.FAILED, some=("fail",)),
    Rule(intent=Intent.CREATE, heads=_heads("make", "want"), when=_to_make),
    Rule(
        intent=Intent.CREATE,
        heads=_heads("start"),
        when=lambda c, s: _of_list(c, s) or _counted_things(c, s),
    ),
    Rule(
        intent=Intent.CREATE,
        heads=_heads("learn"),
        some=("list",),
        when=lambda c, s: s.new_list or not c.has("style"),
    ),
    Rule(intent=Intent.START, heads=_heads("start")),
    Rule(intent=Intent.START, heads=_heads("make"), some=("anaphora", "batch")),
    Rule(intent=Intent.CREATE, heads=_heads(None), when=_counted_things),
    Rule(intent=Intent.YES, some=("yes",)),
    Rule(intent=Intent.NO, some=("no",)),
    Rule(intent=Intent.THANKS, some=("thanks",)),
    Rule(intent=Intent.GREETING, some=("greeting",)),
)


def intent_of(clause: Clause, scene: Scene) -> Intent | None:
    """The first intent whose rule holds."""
    return next((rule.intent for rule in RULES if rule.holds(clause, scene)), None)


def wants_export_too(clause: Clause) -> bool:
    """Whether a request to make things says for which engine."""
    return bool(presets_in(clause.text)) and clause.has("preset")
