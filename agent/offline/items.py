"""Things to make, out of the object of a request: "a castle, 2 windmills and a bridge"."""

import re
from dataclasses import dataclass, replace

from agent.offline.plausible import noun_phrase
from agent.offline.vocabulary import CATEGORY_OF, GENERIC, LOOKS
from agent.offline.words import STOP_WORDS
from assetql.domain.query_text import singular

_SPLIT = re.compile(
    r"\s*(?:[,;\n]+\s*(?:and\s+|plus\s+|&\s*)?|\s+(?:and|plus|as\s+well\s+as|"
    r"along\s+with)\s+|(?<=\w)\s*/\s*(?=\w))",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+", re.MULTILINE)
_HEADING = re.compile(
    r"^[^:]*\b(?:batch|assets?|items?|things?|images?|icons?|sprites?|list|following|need|"
    r"want|make|create|of|pieces|objects|stuff|set|draft|these|order)\b[^:]*:\s*"
    r"|^(?:[\w'-]+\s+){0,4}[\w'-]+\s*:\s*(?=[^:]*(?:,|\band\b))",
    re.IGNORECASE,
)
UNKNOWN_VERB = re.compile(
    r"^(?:(?!(?:of|with|in|for|from|an?|one|the|some|and|or|plus|"
    r"each|about|around|exactly)\b)[a-z'-]+\s+){1,3}(?=(?:an?|one|\d+)\s+\w)",
    re.IGNORECASE,
)
_CONTAINER = re.compile(
    r"^(?:(?:me|us|up|out|together|a|an|one|the|new|my|our|another|small|little|quick|draft|"
    r"simple|first|whole)\s+)*"
    r"(?:(?:asset\s+)?batch(?:es)?|set|collection|bunch|series|list|group|job|draft|order|pack|"
    r"couple|family|lot|run)\s*"
    r"(?:\s(?:with|of|containing|consisting\s+of|for|from|that\s+(?:has|contains)|having|"
    r"including|holding|called\s+qq\d+qq|named\s+qq\d+qq)\s*|\s*[-:,(]\s*|$)",
    re.IGNORECASE,
)
_GENERIC_OF = re.compile(
    r"^(?:an?\s+|the\s+|some\s+|my\s+)?(?:(\d+)\s+)?(?:(?:different|new|game|nice|unique|"
    r"distinct|separate|various)\s+)*"
    r"(?:images?|icons?|pictures?|sprites?|assets?|items?|variations?|versions?|variants?|"
    r"renders?|drawings?|takes?|pieces?|illustrations?|things?|objects?|kinds?|types?|sorts?)"
    r"\s*(?:of|showing|depicting|for|with|:|-|\()\s+(?=\w)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"^(?:(?:about|around|exactly|some|maybe|like)\s+)?(\d{1,4})\s*(?:x|×|"
    r"times)?\s+(?:different\s+|distinct\s+|unique\s+|separate\s+|new\s+|of\s+)*(.+)$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"^(?:an?|the|one|some|my|our|another|any|single|new|several|few|each|all|"
    r"(?:a\s+)?(?:bunch|couple|few)(?:\s+of)?)\s+",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:short\s+of|out\s+of|low\s+on|in\s+need\s+of|me|us|it|out|up|also|with|of|for|and|"
    r"containing|from|into|in|as|to|then|please|"
    r"just|well|is|are|be|here|there|i|we|need|want)[:,]?\s+(?=\S)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:[-(]\s*)?\b(?:(?:as|in|into|for)\s+(?:an?|one|the|my|our)\s+(?:\w+\s+)?batch|"
    r"please|thanks?|thank\s+you|for\s+(?:me|us|now|my|our|the|this|a|"
    r"an)\b.*|in\s+(?:it|there)|right\s+(?:now|away)|now|instead|too|as\s+well|next|asap|"
    r"today|"
    r"(?:and|then)?\s*(?:that|it)\s+is\s+(?:it|all)|if\s+(?:you|possible).*|to\s+(?:my|the|our|"
    r"a)\b.*|on\s+(?:my|our)\b.*|together|only|etc)\s*[.!?)]*$",
    re.IGNORECASE,
)
_DANGLING = re.compile(r"(?:\s+(?:in|with|at|of|for|and|on|by|using|as|the|to|a))+$", re.IGNORECASE)
_IN_A_LOOK = re.compile(
    r"^\W*(?:(?:all|both|each)\s+)?(?:in|with|of)\s+an?\s+.*\b(?:look|style|aesthetic|finish|feel|design|manner|"
    r"palette|technique|shading|lighting)\W*$",
    re.IGNORECASE,
)
_DEFINITE = re.compile(r"(?:the|all|each|my|our)\b", re.IGNORECASE)
_PLEASE = re.compile(r"\s*\bplease\b[\s:-]*", re.IGNORECASE)
_PAIR = re.compile(r"^pairs?\s+of\s+(.+)$", re.IGNORECASE)
_HOW = re.compile(
    r"\s+(?:with|in|on|made|that|which|wearing|holding|having|from|under|at)\s+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing; `variations` 0: as for all.

    `sure`: it was counted or had an article; `definite`: that one was "the".
    """

    name: str
    description: str
    variations: int = 0
    sure: bool = False
    definite: bool = False

    @property
    def category(self) -> str:
        """What kind of thing it is, where its last word tells."""
        return CATEGORY_OF.get(self.name.split()[-1].casefold(), "") if self.name else ""


def items_of(text: str) -> list[Item]:
    """The things in the object of a request, from which sizes, styles and the like were taken."""
    text = _BULLET.sub("", text.strip(" ,.!?;:-\n"))
    text = _HEADING.sub("", text, count=1) if ":" in text else text
    looks: list[str] = []
    found: list[Item] = []
    for piece in _SPLIT.split(UNKNOWN_VERB.sub("", _opened(text))):
        item = _item(piece)
        if item is None:
            continue
        if _IN_A_LOOK.match(piece) or (
            LOOKS.search(piece) and not item.sure and (found or not _names_thing(piece))
        ):
            looks.append(piece.strip(" ()-.!?"))
        else:
            found.append(item)
    return [replace(item, description=", ".join([item.description, *looks])) for item in found]


def _opened(text: str) -> str:
    """Without what announces the things: "a batch with", "12 icons of"."""
    while True:
        before = text
        text = _LEAD.sub("", _CONTAINER.sub("", text.strip(" ,-:"), count=1), count=1)
        text = re.sub(
            r"^\d+\s+(?:items|assets|things|pieces|objects|icons|sprites|images)\s*(?:[:,(-]|$)\s*",
            "",
            text,
            flags=re.IGNORECASE,
        )
        if text == before:
            return text


def _item(piece: str) -> Item | None:
    text = _PLEASE.sub(" ", " ".join(piece.split())).strip(" ()-.!?:'")
    text = _trimmed(text)
    count = 0
    announced = _GENERIC_OF.match(text)
    if announced:
        count = int(announced[1] or 0)
        text = text[announced.end() :]
    counted = _COUNTED.match(text)
    if counted and re.match(r"(?:px|pixels?)(?![\w-])(?!\s+art)", counted[2], re.IGNORECASE):
        return None
    if counted:
        count, text = int(counted[1]), counted[2]
    article = _ARTICLE.match(text)
    definite = bool(article and _DEFINITE.match(article[0]))
    while (leading := _ARTICLE.match(text)) and leading.end() < len(text):
        text = text[leading.end() :]
    text = text.strip(" ()-.!?:'")
    name = noun_phrase(_HOW.split(text, maxsplit=1)[0], sure=bool(article or counted))
    if not re.search(r"[^\W\d_]{2}", name) or GENERIC.fullmatch(text) or GENERIC.fullmatch(name):
        return None
    if not (plain_words(name) or article):
        return None
    if not text.startswith(f"{name} ") or not _HOW.match(text, len(name)):
        text = name  # what follows the name is no description of it
    plural = count > 1
    return Item(
        name=_singular(name),
        description=_singular(text) if name == text else text,
        variations=count,
        sure=bool(article or plural or counted or announced),
        definite=definite,
    )


def _trimmed(text: str) -> str:
    while (short := _LEAD.sub("", _TAIL.sub("", text))) != text:
        text = short
    return _DANGLING.sub("", text)


def _names_thing(piece: str) -> bool:
    """Whether something is left of the piece besides how it looks."""
    left = LOOKS.sub(" ", piece).strip(" -,.")
    return bool(left) and not GENERIC.fullmatch(left)


def _singular(name: str) -> str:
    if paired := _PAIR.match(name):
        return f"pair of {paired[1]}"
    *first, last = name.split(" ")
    lowered = last.casefold()
    one = singular(lowered)
    return " ".join([*first, last[: len(one)] if lowered.startswith(one) else one])


def plain_words(text: str) -> str:
    """The words of a text that name something to look for."""
    return " ".join(w for w in re.findall(r"#?[\w'-]+", text) if w.casefold() not in STOP_WORDS)
