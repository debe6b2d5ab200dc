"""From a message to a plan: its clauses, their intents, the steps in a sensible order."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.offline import replies, requests
from agent.offline.clauses import Clause, clauses, read_clause
from agent.offline.conditions import wants_export_too
from agent.offline.conversation import Conversation, Result
from agent.offline.entities import presets_in, take_name
from agent.offline.fallback import guessed
from agent.offline.intents import Intent, intent_of
from agent.offline.normalise import normalise
from agent.offline.requests import Context
from agent.offline.scene import Scene, scene_of
from agent.offline.starting import held_back, only_drafts, without_hold
from agent.offline.steps import Plan, Step, Unresolved
from agent.offline.targets import search_step
from agent.offline.things import things_in

# What comes first when a message asks for several things.
RANK: Mapping[Intent, int] = {
    Intent.CANCEL: 0, Intent.LIST_STYLES: 0, Intent.SET_STYLE: 1, Intent.CREATE: 2, Intent.VARY: 2,
    Intent.RETRY: 2, Intent.QUOTE: 3, Intent.START: 4, Intent.SEARCH: 4, Intent.TAG: 5,
    Intent.EDIT_TAGS: 6, Intent.EXPORT: 7, Intent.STATUS: 8,
}  # fmt: skip
_PROSE: Mapping[Intent, str] = {
    Intent.REFUSE: replies.REFUSE, Intent.OTHERS: replies.OTHERS, Intent.DELETE: replies.DELETE,
}  # fmt: skip
_SMALL_TALK: Mapping[Intent, str] = {
    Intent.HELP: replies.HELP, Intent.GREETING: replies.HELP, Intent.THANKS: replies.WELCOME,
    Intent.NO: replies.FINE,
}  # fmt: skip
_VALID_ONLY = re.compile(
    r"(?<!not )(?<!not the )\b(?:(?:valid|good|usable) (?:rows|lines|ones)|without them"
    r"|(?:without|skip|drop|ignore|leave out) (?:the |those |these )?"
    r"(?:(?:bad|refused|invalid|wrong|broken) )?(?:rows|lines|ones))\b"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A message understood: which clauses are for which intent; `loose` ones say how."""

    scene: Scene
    asked: Mapping[Intent, list[Clause]]
    loose: tuple[Clause, ...]
    held: bool

    def texts(self, *intents: Intent) -> list[Clause]:
        """The clauses of these intents."""
        return [clause for intent in intents for clause in self.asked.get(intent, [])]


def make_plan(talk: Conversation) -> Plan:
    """The plan for the message that awaits an answer."""
    if _takes_valid_rows(talk):
        return _without_refused(scene_of(talk, normalise(talk.said)), talk.past[-1])
    reading = understand(talk)
    for intent, text in _PROSE.items():
        if intent in reading.asked:
            return Plan(say=text)
    if not RANK.keys() & reading.asked.keys() and not _files_alone(reading):
        return _without_request(reading)
    try:
        return _plan(reading)
    except Unresolved as missing:
        return Plan(say=str(missing))


def understand(talk: Conversation) -> Reading:
    """The clauses of the message by intent."""
    text = normalise(talk.said)
    scene = scene_of(talk, text)
    asked: dict[Intent, list[Clause]] = {}
    loose: list[Clause] = []
    for clause in clauses(without_hold(text.plain)):
        intent = intent_of(clause, scene)
        if intent in RANK and clause.negated:
            continue
        if intent is None or (intent is Intent.START and _says_how(clause, asked)):
            loose.append(clause)
        else:
            asked.setdefault(intent, []).append(clause)
    _settle(asked, scene)
    if not _loose_things(asked, loose, scene):
        _guess(asked, scene)
    return Reading(scene, asked, tuple(loose), held_back(text.plain))


def _loose_things(asked: dict[Intent, list[Clause]], loose: Sequence[Clause], scene: Scene) -> bool:
    """Whether a start with nothing to start makes what was named: "fox, wolf, bear. batch it"."""
    start = asked.get(Intent.START, [])
    things = [item for clause in loose for item in things_in(clause.text)]
    if not start or len(things) < 2 or Intent.CREATE in asked or scene.talk.batch_id:
        return False
    asked[Intent.CREATE] = start
    return True


def _guess(asked: dict[Intent, list[Clause]], scene: Scene) -> None:
    """Where no clause was understood, the message as a whole by its stems."""
    plain = scene.text.plain
    understood = asked.keys() - {Intent.CALL, Intent.NO, Intent.GREETING, Intent.FAILED}
    if understood or scene.new_list or scene.new_images or held_back(plain):
        return
    intent = guessed(plain, scene)
    if intent:
        asked[intent] = [replace(read_clause(plain), negated=False)]


def _says_how(clause: Clause, asked: Mapping[Intent, list[Clause]]) -> bool:
    """Whether a clause like "make them 512 px" adds to a request to make things."""
    return clause.head == "make" and Intent.CREATE in asked


def _settle(asked: dict[Intent, list[Clause]], scene: Scene) -> None:
    """Intents that only make sense beside others."""
    if Intent.CALL in asked and scene.new_images:
        asked.setdefault(Intent.SET_STYLE, [])
    if Intent.FAILED in asked and not RANK.keys() & asked.keys():
        asked[Intent.STATUS] = asked[Intent.FAILED]
    if Intent.CREATE in asked and Intent.EXPORT not in asked:
        packed = [clause for clause in asked[Intent.CREATE] if wants_export_too(clause)]
        if packed:
            asked[Intent.EXPORT] = packed
    made = [*asked.get(Intent.CREATE, []), *asked.get(Intent.EXPORT, [])]
    tagged = [clause for clause in made if clause.has("to_tag")]
    if tagged and not {Intent.TAG, Intent.EDIT_TAGS} & asked.keys():
        asked[Intent.TAG] = tagged
    makes = {clause.head for clause in asked.get(Intent.CREATE, [])}
    if Intent.QUOTE in asked and "make" not in makes and not scene.new_list:
        asked.pop(Intent.CREATE, None)  # "500 icons, what would that cost?" orders nothing
    if Intent.YES in asked and scene.new_list and not RANK.keys() & asked.keys():
        asked[Intent.CREATE] = asked[Intent.YES]


def _files_alone(reading: Reading) -> bool:
    """Files without a request: a list is drafted, and images want a name."""
    return (reading.scene.new_list or reading.scene.new_images) and not (
        {Intent.HELP, Intent.NO} & reading.asked.keys()
    )


def _without_request(reading: Reading) -> Plan:
    talk = reading.scene.talk
    if Intent.YES in reading.asked:
        return _confirmed(reading)
    for intent, text in _SMALL_TALK.items():
        if intent in reading.asked and not reading.held:
            return Plan(say=text)
    if reading.held:
        return Plan(say=replies.STAYS_DRAFT)
    if talk.last_reply in replies.QUESTIONS and talk.earlier_said:
        return _answered(talk)
    return Plan(say=replies.UNKNOWN)


def _answered(talk: Conversation) -> Plan:
    """The answer to the planner's own question: read together with the request that raised it."""
    reply = talk.said.strip()
    if talk.last_reply == replies.NAME_STYLE and not take_name(reply)[0]:
        reply = f'call it "{reply}"'
    together = replace(
        talk,
        said=f"{talk.earlier_said[-1]}\n{reply}",
        last_reply="",
        attached=talk.attached or talk.earlier_files,
        earlier_said=(),
    )
    return make_plan(together)


def _takes_valid_rows(talk: Conversation) -> bool:
    """Whether this answers the question about refused rows with more words than a yes."""
    if talk.attached or not _rows_refused(talk):
        return False
    return bool(_VALID_ONLY.search(normalise(talk.said).plain))


def _rows_refused(talk: Conversation) -> bool:
    newest = talk.past[-1] if talk.past else None
    return bool(
        newest and newest.tool == "create_batch" and newest.facts.get("status") == "REFUSED"
    )


def _without_refused(scene: Scene, refused: Result) -> Plan:
    again = Step("create_batch", {**refused.args, "valid_rows_only": True})
    return Plan((again, *requests.start_step(None, Context(scene, ("create_batch",)))))


def _confirmed(reading: Reading) -> Plan:
    talk = reading.scene.talk
    if _rows_refused(talk):
        return _without_refused(reading.scene, talk.past[-1])
    if talk.draft_id:
        return Plan((Step("generate", {"batch": talk.draft_id}),))
    return Plan(say=replies.NOTHING_WAITS)


def _plan(reading: Reading) -> Plan:
    steps: list[Step] = []
    remark = ""
    for intent in sorted(_intents(reading), key=RANK.__getitem__):
        context = Context(reading.scene, tuple(step.tool for step in steps))
        if intent is Intent.EDIT_TAGS and context.batch:
            remark = replies.CUSTOM_TAGS_LATER
            continue
        steps.extend(_steps(intent, reading, context))
    return Plan(tuple(steps), remark=remark)


def _intents(reading: Reading) -> set[Intent]:
    """What was asked for, with what goes without saying."""
    wanted = {intent for intent in reading.asked if intent in RANK}
    scene = reading.scene
    if scene.new_list and not wanted - {Intent.SET_STYLE, Intent.TAG, Intent.EXPORT, Intent.START}:
        wanted.add(Intent.CREATE)
    if scene.new_images and not wanted & {Intent.SET_STYLE, Intent.SEARCH}:
        wanted.add(Intent.SET_STYLE)
    creates = reading.texts(Intent.CREATE)
    if Intent.CREATE in wanted and Intent.QUOTE not in wanted:
        # Files without a word about them are drafted only.
        drafts = all(only_drafts(clause.text) for clause in creates)
        if (creates or wanted & {Intent.TAG, Intent.EXPORT}) and not (creates and drafts):
            wanted.add(Intent.START)
    if reading.held:
        wanted.discard(Intent.START)
    if Intent.CREATE in wanted:
        wanted.discard(Intent.SEARCH)  # "get all of these made" looks for nothing
    if wanted & {Intent.VARY, Intent.RETRY} and Intent.CREATE not in wanted:
        wanted.discard(Intent.START)
    return wanted


def _steps(intent: Intent, reading: Reading, context: Context) -> list[Step]:
    scene = reading.scene
    found = reading.texts(intent)
    if intent is Intent.SET_STYLE:
        named = [*found, *reading.texts(Intent.CALL), *reading.texts(Intent.CREATE), *reading.loose]
        return requests.style_steps(named, scene)
    if intent is Intent.CREATE:
        return _create(reading, context)
    if intent is Intent.START:
        return requests.start_step(found[0] if found else None, context)
    steps: list[Step] = []
    if intent is Intent.EXPORT:
        found = [clause for clause in found if presets_in(clause.text)] or found[:1]
        found = [clause for clause in found if clause.head] or found
    for clause in _first_or_all(intent, found):
        steps.extend(_STEPS[intent](clause, context))
    if intent is Intent.SEARCH and len(_intents(reading)) > 1:
        return [step for step in steps if step.args]  # "can you show me?" names nothing of its own
    return steps


def _first_or_all(intent: Intent, found: Sequence[Clause]) -> Sequence[Clause]:
    """Several edits, exports and searches may be asked for at once; of others the last counts."""
    several = {Intent.EDIT_TAGS, Intent.EXPORT, Intent.SEARCH}
    return found if intent in several else found[-1:]


def _create(reading: Reading, context: Context) -> list[Step]:
    scene = reading.scene
    made = reading.texts(Intent.CREATE)
    parts = _in_order([*made, *reading.loose, *_names(reading, context)], reading)
    style = ""
    if "set_style" in context.planned:
        style = requests.style_name(
            [*reading.texts(Intent.SET_STYLE, Intent.CALL), *made, *reading.loose], scene
        )
    mentions_list = any(clause.has("list") for clause in made)
    return requests.create_steps(", ".join(parts), scene, style=style, ask_list=mentions_list)


_VERBAL = frozenset({"make", "want", "start"})


def _in_order(clauses: Sequence[Clause], reading: Reading) -> list[str]:
    """The objects of these clauses, in the order of the message."""
    text = without_hold(reading.scene.text.plain)
    made = reading.texts(Intent.CREATE)
    ordered = sorted(clauses, key=lambda clause: text.find(clause.text))
    return [c.rest if c.head in _VERBAL or c in made else c.text for c in ordered]


def _names(reading: Reading, context: Context) -> list[Clause]:
    """Naming clauses name the batch where no style is learnt."""
    return [] if "set_style" in context.planned else reading.texts(Intent.CALL)


_STEPS: Mapping[Intent, Callable[[Clause, Context], list[Step]]] = {
    Intent.QUOTE: requests.quote_step,
    Intent.STATUS: lambda c, x: requests.batch_step("batch_status", c, x),
    Intent.CANCEL: lambda c, x: requests.batch_step("cancel_batch", c, x),
    Intent.RETRY: lambda c, x: requests.batch_step("retry_failed", c, x),
    Intent.TAG: lambda c, x: requests.batch_step("tag", c, x),
    Intent.EDIT_TAGS: requests.edit_steps,
    Intent.SEARCH: lambda c, x: [search_step(c, x.scene)],
    Intent.VARY: requests.vary_steps,
    Intent.EXPORT: requests.export_steps,
    Intent.LIST_STYLES: lambda c, x: [Step("list_styles", {})],
}
