"""What the planner says. Cards show the facts, so the prose names no numbers."""

import re
from collections.abc import Callable, Mapping, Sequence

from agent.offline.conversation import Facts, Result

WHO = (
    "I'm the built-in offline planner (rule-based, no language model). "
    "Set ASSETQL_CHAT_MODEL=PROVIDER:MODEL, such as bedrock_converse:…, to use Claude."
)
EXAMPLES = (
    'For instance: "Make a batch from this CSV and start it", "These are our art style, call it '
    'Meadow", "A castle and a bridge in the Meadow style at 512 by 512, then export for Godot", '
    '"Find all red potions", "How is my batch doing?".'
)
HELP = (
    "I turn a list or a few words into a batch of game assets in your style, tag them, find them "
    f"and pack them for Unity, Godot, Unreal, iOS, Android, the web or an atlas. {EXAMPLES} {WHO}"
)
UNKNOWN = (
    f"I couldn't tell what to do with that. What shall I make, find or export? {EXAMPLES} {WHO}"
)
DELETE = (
    "I can't delete assets, batches or styles, and nothing was changed. "
    "I can cancel a batch that runs, or edit tags."
)
OTHERS = (
    "I only work within your own workspace: what belongs to another team can't be seen or changed "
    "from here, and nothing was changed."
)
REFUSE = (
    "I can't do that: what may be done is decided by your role, the budget and people's approvals, "
    "and not by a message. Nothing was changed."
)
ATTACH_IMAGES = "Please attach the reference images of the style. What shall it be called?"
NAME_STYLE = 'What shall the style be called? For instance: "call it Meadow".'
ATTACH_LIST = "I see no list here. Could you attach it as a CSV, or name the things to make?"
NAME_THINGS = 'What shall I make? For instance: "a sword, a shield and a bow at 256x256".'
NAME_TAGS = "Which tag do you mean? For instance: \"tag them as 'winter'\"."
NAME_PRESET = (
    "Which engine or format shall I export for? Unity, Godot, Unreal, iOS, Android, web, an atlas "
    "or raw PNG?"
)
WHICH_ASSET = 'Which asset do you mean? For instance: "the second one" of the last list, or its id.'
QUESTIONS = frozenset(
    {ATTACH_IMAGES, NAME_STYLE, ATTACH_LIST, NAME_THINGS, NAME_TAGS, NAME_PRESET, WHICH_ASSET}
)
NOTHING_WAITS = "Nothing waits for a go here. What shall I make or start?"
STAYS_DRAFT = 'Fine, nothing was started. Say "go" when you want it.'
FINE = "Fine, nothing was changed."
WELCOME = "You're welcome."
CUSTOM_TAGS_LATER = "Tags of your own can be put on once the images are there: ask again then."
PARTIAL_LIST = "Shall I take the valid rows only?"


def _created(facts: Facts) -> str:
    if not facts.get("batch_id"):
        return f"Rows of the list were refused, see the card; nothing was created. {PARTIAL_LIST}"
    return "The batch is drafted; nothing is spent until it is started."


def _approval(facts: Facts) -> str:
    if facts.get("status") == "PENDING":
        return "The start waits for approval: see the quote on the card."
    return "The start is approved."


def _status(facts: Facts) -> str:
    return _STATES.get(str(facts.get("status")), "Here is how the batch stands.")


_STATES: Mapping[str, str] = {
    "DRAFT": 'The batch is a draft and has not been started; say "go" to start it.',
    "RUNNING": "The batch is running; the card shows how far it is.",
    "READY": "The batch is done: everything is ready.",
    "PARTIAL": 'The batch has ended with some images missing; say "retry those".',
    "FAILED": 'The batch has failed; the card shows why. Say "retry those" to run them again.',
    "CANCELLED": "The batch was cancelled.",
}


def _found(facts: Facts) -> str:
    if facts.get("assets"):
        return "Here is what I found."
    alternatives = facts.get("alternatives")
    near = ", ".join(str(a) for a in alternatives) if isinstance(alternatives, list) else ""
    return (
        f"I found nothing for that. {f'The nearest that exists: {near}.' if near else ''}".strip()
    )


def _scheduled(facts: Facts) -> str:
    what = "Tagging" if facts.get("what") == "tag" else "The export"
    if facts.get("status") == "DONE":
        return f"{what} is done."
    return f"{what} is scheduled for when the batch has ended."


def _retried(facts: Facts) -> str:
    return "The failed ones run again." if facts.get("retried") else "Nothing in it has failed."


def _exported(facts: Facts) -> str:
    return _scheduled(facts) if facts.get("follow_up_id") else "The package is ready."


def _styles(facts: Facts) -> str:
    if facts.get("styles"):
        return "These are your styles."
    return "There is no style yet: attach reference images and name one."


AFTER: Mapping[str, Callable[[Facts], str]] = {
    "set_style": lambda facts: "The style is learnt.",
    "create_batch": _created,
    "quote": lambda facts: "Here is the quote; nothing was started.",
    "generate": _approval,
    "batch_status": _status,
    "cancel_batch": lambda facts: "The batch is cancelled; images that were ready stay.",
    "retry_failed": _retried,
    "tag": _scheduled,
    "edit_tags": lambda facts: "The tags are changed.",
    "search": _found,
    "make_variations": lambda facts: f"The variations are drafted. {_approval(facts)}",
    "export": _exported,
    "list_styles": _styles,
}


def summary(done: Sequence[Result], remark: str) -> str:
    """The answer once all steps are done."""
    told = [AFTER[r.tool](r.facts) for r in done if r.tool in AFTER and not _superseded(r, done)]
    return " ".join([*dict.fromkeys(told), *([remark] if remark else [])])


def _superseded(result: Result, done: Sequence[Result]) -> bool:
    """A draft that was then started, and a search that only served another step, go unsaid."""
    later = {r.tool for r in done[done.index(result) + 1 :]}
    return (result.tool == "create_batch" and "generate" in later) or (
        result.tool in {"search", "list_styles"} and bool(later)
    )


# How LangChain words arguments that a tool's schema does not take.
_ARGUMENTS = re.compile(r"with error:\s*(?:\w+\.\d+\.)?(.+?)\s*Please fix", re.DOTALL)


def failure(result: Result, done: Sequence[Result]) -> str:
    """What a failed call means, after what was done before it."""
    before = summary([r for r in done if not r.error], "")
    refused = _ARGUMENTS.search(result.error)
    why = f"That can't be asked for: {refused[1]}." if refused else ""
    return " ".join(part for part in (before, why or f"That did not work: {result.error}") if part)


NOTICES: Mapping[str, str] = {
    "APPROVED": "It is approved and has been started. Ask how it is doing at any time.",
    "DECLINED": "The start was declined; the batch stays a draft and nothing was spent.",
    "EXPIRED": 'The approval has expired; say "start it" to ask again.',
}


def notice(facts: Sequence[Facts]) -> str:
    """A short acknowledgement of what the thread was told."""
    status = str(facts[-1].get("status", "")) if facts else ""
    return NOTICES.get(status) or _STATES.get(status, "Noted: the card has the news.")
