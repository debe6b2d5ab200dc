"""What a clause asks for: a table of rules, the first that holds wins."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from agent.offline.clauses import Clause
from agent.offline.conditions import (
    FIX,
    STOPPING,
    TAGGED,
    counted_things,
    existing,
    existing_kind,
    images_at_hand,
    kind_in_question,
    learns,
    of_list,
    packs,
    starts_as_question,
    to_make,
)
from agent.offline.entities import ordinal_in, take_size, take_style
from agent.offline.scene import Scene
from agent.offline.tags import edited, refers, take_filter


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
        heads=_heads("search", "want", "tag", "call", None),
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
        when=lambda c, s: c.has("again") or c.head in {"start", "make"} or bool(FIX.match(c.text)),
    ),
    Rule(
        intent=Intent.VARY,
        some=("again",),
        none=("fail", "preset"),
        when=lambda c, s: c.has("like", "more") and ordinal_in(c.text) is not None,
    ),
    Rule(
        intent=Intent.RETRY,
        some=("again",),
        heads=_heads("start", "make", "want", "learn", None),
        when=lambda c, s: not counted_things(c, s) or bool(FIX.match(c.text)),
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
        when=existing,
    ),
    Rule(intent=Intent.VARY, heads=_heads("vary"), when=existing),
    Rule(intent=Intent.CANCEL, heads=_heads("cancel")),
    Rule(
        intent=Intent.CANCEL,
        heads=_heads("make", "want", "start", None),
        when=lambda c, s: bool(STOPPING.search(c.text)) and not c.has("preset"),
    ),
    Rule(
        intent=Intent.SET_STYLE,
        some=("style",),
        heads=_heads("learn", "call", None),
        when=images_at_hand,
    ),
    Rule(
        intent=Intent.SET_STYLE,
        some=("style",),
        heads=_heads("make", "learn", "want"),
        when=lambda c, s: learns(c, s) and (s.new_images or c.has("images")),
    ),
    Rule(
        intent=Intent.SET_STYLE,
        heads=_heads("learn", None),
        some=("images",),
        none=("list", "preset", "to_tag"),
        when=lambda c, s: s.new_images,
    ),
    Rule(
        intent=Intent.CREATE,
        heads=_heads("export"),
        none=("preset", "package"),
        when=lambda c, s: s.new_list,
    ),
    Rule(intent=Intent.EXPORT, heads=_heads("export")),
    Rule(intent=Intent.EXPORT, some=("preset", "package"), heads=_SOFT, when=packs),
    Rule(
        intent=Intent.EXPORT,
        some=("preset",),
        heads=_heads("want", "learn", "start", None, "search"),
        when=lambda c, s: (
            bool(take_filter(c.text)[0]) or not (counted_things(c, s) or of_list(c, s))
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
        when=lambda c, s: bool(edited(c.rest)) and not TAGGED.search(c.text) and not refers(c.text),
    ),
    Rule(
        intent=Intent.TAG,
        some=("tagging",),
        none=("untagged",),
        heads=_heads("make", "want", "learn", "start", None),
        when=lambda c, s: not take_filter(c.text)[0] and not counted_things(c, s),
    ),
    Rule(
        intent=Intent.EDIT_TAGS,
        some=("to_tag",),
        none=("untagged",),
        when=lambda c, s: bool(edited(c.text)) and not refers(c.text),
    ),
    Rule(
        intent=Intent.TAG,
        some=("to_tag",),
        none=("untagged",),
        when=lambda c, s: not refers(c.text),
    ),
    Rule(intent=Intent.CALL, heads=_heads("call")),
    Rule(
        intent=Intent.CREATE,
        heads=_heads("search"),
        when=lambda c, s: take_size(c.rest)[0] is not None and counted_things(c, s),
    ),
    Rule(intent=Intent.SEARCH, heads=_heads("search")),
    Rule(intent=Intent.SEARCH, heads=_heads("want"), when=existing_kind),
    Rule(
        intent=Intent.SEARCH,
        heads=_heads("want", "learn", None),
        when=lambda c, s: c.has("untagged") or bool(take_filter(c.text)[0]),
    ),
    Rule(intent=Intent.SEARCH, heads=_heads(None), when=kind_in_question),
    Rule(intent=Intent.FAILED, some=("fail",)),
    Rule(intent=Intent.CREATE, heads=_heads("make", "want"), when=to_make),
    Rule(
        intent=Intent.EXPORT,
        heads=_heads("make"),
        some=("preset",),
        when=lambda c, s: not s.new_list,
    ),
    Rule(
        intent=Intent.CREATE,
        heads=_heads("start"),
        when=lambda c, s: of_list(c, s) or counted_things(c, s),
    ),
    Rule(
        intent=Intent.CREATE,
        heads=_heads("learn"),
        some=("list",),
        when=lambda c, s: s.new_list or not c.has("style"),
    ),
    Rule(intent=Intent.START, heads=_heads("start")),
    Rule(intent=Intent.START, heads=_heads("make"), some=("anaphora", "batch")),
    Rule(intent=Intent.CREATE, heads=_heads(None), when=counted_things),
    Rule(intent=Intent.YES, some=("yes",)),
    Rule(intent=Intent.NO, some=("no",)),
    Rule(intent=Intent.THANKS, some=("thanks",)),
    Rule(intent=Intent.GREETING, some=("greeting",)),
)


def intent_of(clause: Clause, scene: Scene) -> Intent | None:
    """The first intent whose rule holds."""
    found = next((rule.intent for rule in RULES if rule.holds(clause, scene)), None)
    asks = clause.question and starts_as_question(f"{clause.text}?")
    return None if asks and found in {Intent.CREATE, Intent.START} else found
