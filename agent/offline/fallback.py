"""A guess where no rule holds: stems add up to a score per intent, the conversation's state counts.

An intent wins with enough evidence and a margin before the next; otherwise nothing is guessed, and
the planner asks. What spends or changes needs two kinds of evidence: a verb, and a state or object.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.offline.conditions import starts_as_question
from agent.offline.entities import count_in, ordinal_in, presets_in, without_ordinals
from agent.offline.intents import Intent
from agent.offline.lexicon import CONCEPT
from agent.offline.scene import Scene
from agent.offline.tags import edited, refers
from agent.offline.vocabulary import CATEGORY

MARGIN = 1


def _stems(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(text.split())})(?![\w-])", re.IGNORECASE)


_OBJECT = _stems(
    "it that this them those these batch(?:es)? runs? jobs? generation generating images? "
    "pictures? "
    "assets? order everything results? drawings? sprites? icons? pieces work"
)
_ASKS = re.compile(
    r"\?|(?<!\w)(?:how|what|which|when|where|any|tell|inform|give|let\s+\w+\s+know|brief|update)\b",
    re.IGNORECASE,
)
_LISTS = _stems(
    "what which any list show all every know have taught overview see tell enumerate remind saved "
    "available display present name exist recall recite got"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """`weight` is added where `holds`."""

    weight: int
    holds: Callable[[str, Scene], bool]


def _has(stems: str) -> Callable[[str, Scene], bool]:
    pattern = _stems(stems)
    return lambda text, scene: bool(pattern.search(text))


def _matches(pattern: re.Pattern[str]) -> Callable[[str, Scene], bool]:
    return lambda text, scene: bool(pattern.search(text))


def _kind(text: str, scene: Scene) -> bool:
    return any(pattern.search(text) for pattern in CATEGORY.values())


def _counted(text: str, scene: Scene) -> bool:
    return count_in(without_ordinals(text)) is not None


_NOT_A_QUESTION = Evidence(-4, lambda text, scene: starts_as_question(text))
_GUESSES: Mapping[Intent, tuple[int, tuple[Evidence, ...]]] = {
    Intent.START: (5, (
        Evidence(2, lambda text, scene: bool(scene.talk.draft_id)),
        Evidence(-9, lambda text, scene: not scene.talk.draft_id),
        Evidence(3, _has(
            "start\\w* beg[iu]n\\w* go(?:es|ing)? run\\w* launch\\w* fire\\w* loose proceed "
            "ahead kick\\w* "
            "wake\\w* awaken resume roll\\w* unleash\\w* word ship send execut\\w* green "
            "approv\\w* good fine "
            "great perfect yes ok okay do make generat\\w* releas\\w* blessing spark ignite "
            "trigger\\w* "
            "engage push happy agree\\w* confirm\\w* continue action lights? rip nod consent happen"
        )),
        Evidence(-4, _has("not no wait hold later change instead cancel stop but why")),
    )),
    Intent.CANCEL: (5, (
        Evidence(3, _has(
            "stop\\w* halt\\w* cancel\\w* abort\\w* end quit kill\\w* cease ditch drop "
            "standstill plug axe "
            "scrap terminat\\w* enough undo interrupt\\w* brakes? freeze shut scrub dump "
            "bin pull cut"
        )),
        Evidence(2, _matches(_OBJECT)),
        _NOT_A_QUESTION,
    )),
    Intent.RETRY: (6, (
        Evidence(3, lambda text, scene: bool(CONCEPT["fail"].search(text))),
        Evidence(3, _has(
            "again retry another second once redo new fresh over reviv\\w* rescu\\w* "
            "repeat\\w* rerun fix\\w* "
            "chance go try attempt\\w* mend\\w* repair\\w* life back resurrect\\w* shot anew"
        )),
        _NOT_A_QUESTION,
    )),
    Intent.STATUS: (5, (
        Evidence(2, _matches(_ASKS)),
        Evidence(2, _has(
            "done finish\\w* ready complet\\w* exist\\w* progress\\w* far long remain\\w* "
            "left pending now yet "
            "state stage news percent\\w* tally count half close soon still standing "
            "underway through "
            "going coming situation shape"
        )),
        Evidence(1, _matches(_OBJECT)),
    )),
    Intent.VARY: (6, (
        Evidence(3, lambda text, scene: ordinal_in(text) is not None),
        Evidence(2, lambda text, scene: bool(CONCEPT["like"].search(text))),
        Evidence(2, _has("more further additional extra others? another again fresh new")),
        Evidence(1, _counted),
        Evidence(1, lambda text, scene: bool(scene.talk.listing)),
    )),
    Intent.EDIT_TAGS: (7, (
        Evidence(3, lambda text, scene: bool(CONCEPT["tagging"].search(text))),
        Evidence(2, lambda text, scene: bool(edited(text))),
        Evidence(2, _has("new\\w* latest fresh\\w* recent\\w* these those them all every each")),
        Evidence(-5, lambda text, scene: refers(text) or bool(CONCEPT["untagged"].search(text))),
        _NOT_A_QUESTION,
    )),
    Intent.EXPORT: (5, (
        Evidence(3, lambda text, scene: bool(presets_in(text))),
        Evidence(2, _has(
            "parcel\\w* ship\\w* sen[dt] deliver\\w* get need want bring hand\\w* travel go "
            "port transfer "
            "destin\\w* use packages? zips? bundles? exports? files format version"
        )),
        Evidence(1, _matches(_OBJECT)),
        _NOT_A_QUESTION,
    )),
    Intent.LIST_STYLES: (5, (
        Evidence(3, _has("styles looks aesthetics")),
        Evidence(2, _matches(_LISTS)),
    )),
    Intent.QUOTE: (5, (
        Evidence(3, lambda text, scene: bool(CONCEPT["price"].search(text))),
        Evidence(2, _counted),
    )),
    Intent.SEARCH: (5, (
        Evidence(3, _has(
            "show\\w* see find\\w* look\\w* where have own\\w* got display\\w* possess\\w* "
            "hunt locat\\w* "
            "parade view\\w* present pull dig surface stored? exist\\w* library collection archive"
        )),
        Evidence(2, _kind),
        Evidence(2, _has("whatever whichever any all every")),
        Evidence(1, _has("we our us library collection archive")),
    )),
    Intent.HELP: (5, (
        Evidence(2, _has("you your yourself bot tool assistant")),
        Evidence(2, _has(
            "can able help use functions? features? purpose calling job offer good capable skills? "
            "abilities commands? talents? role"
        )),
        Evidence(1, _matches(_ASKS)),
    )),
}  # fmt: skip


def guessed(text: str, scene: Scene) -> Intent | None:
    """The intent with most evidence, or None without enough of it or without a margin."""
    scores = {
        intent: sum(part.weight for part in parts if part.holds(text, scene))
        for intent, (_, parts) in _GUESSES.items()
    }
    ranked = sorted(
        (
            (score - _GUESSES[intent][0], intent)
            for intent, score in scores.items()
            if score >= _GUESSES[intent][0]
        ),
        key=lambda scored: -scored[0],
    )
    if not ranked or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN):
        return None
    return ranked[0][1]
