"""What a request says besides its verb: sizes, counts, names, styles, tags, dates, presets."""

import re
from dataclasses import dataclass

from agent.offline.vocabulary import LOOKS, PLAIN_FILES, PRESETS

_EACH = (
    r"(?:each(?:\s+(?:one|item|of\s+(?:them|those|these)))?|apiece|a\s+piece|(?:per|for\s+(?:each|"
    r"every)|of\s+(?:each|every|them\s+all|all))(?:\s+(?:of\s+(?:them|those|these)|one|item|row|"
    r"asset|"
    r"kind|type|thing|entry|line))?|every\s+\w+)"
)
_KIND = (
    r"(?:variations?|variants?|versions?|takes?|options?|alternatives?|renditions?|flavou?rs?|"
    r"copies|renderings?|guises?|forms|poses|tries|attempts|editions?|interpretations?|designs|"
    r"iterations?)"
)
_PICTURE = r"(?:images?|icons?|pictures?|sprites?|renders?|drawings?|assets?)"

_SIZES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:\b(?:at|in|of|with|each|sized?|measur(?:ing|es)|(?:the\s+)?(?:size|resolution"
        r"|dimensions?)\s+(?:should\s+be|must\s+be|is|are)|resolution(?:\s+of)?"
        r"|dimensions?)\b[\s:=]*|"
        r"@\s*)*\(?\b(\d{2,4})\s*(?:px|pixels?)?\s*(?:x|×|\*|by)\s*(\d{2,4})(?:\s*(?:px|"
        r"pixels?)\b|\b)\)?(?:\s+(?:each|in\s+size|big|large|resolution))?",
        r"(?:\b(?:at|in|of|with|each|sized?|(?:the\s+)?(?:size|resolution"
        r"|dimensions?)\s+(?:should\s+be|must\s+be|is|are)|resolution)\b[\s:=]*"
        r"|@\s*)*\(?\b(\d{2,4})[\s-]*(?:px|"
        r"pixels?)\b(?![\s-]*art)(?:\s+(?:square|each|wide|icons?(?=$)|in\s+size|"
        r"(?:on|per|a|for|to)\s+(?:each\s+|every\s+|the\s+|a\s+|both\s+)?sides?))?\)?",
        r"(?:\bat|@|\bsize|\bsized|\bresolution)\s*(\d{2,4})\b(?!\s*(?:%|variations|"
        r"versions))(?:\s+(?:square|each))?",
        r"\b(\d{2,4})\s+square\b|\b(\d{2,4})²",
    )
)
_VARIATIONS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:,|\(|-)?\s*\b(?:(?:in|with|as|at|make|do|give\s+me|"
        rf"and)\s+)*(\d+)\s+(?:different\s+|distinct\s+)?(?:{_KIND}|{_PICTURE}|of\s+them|"
        rf"times)\s+{_EACH}\)?",
        rf"(?:,|\(|-)?\s*\b(?:(?:in|with|as|make|do|and)\s+)*(\d+)\s*(?:x\s+|×\s*|"
        rf"times\s+)?(?:of\s+)?{_EACH}\)?",
        rf"\b(?:each|every\s+one|all|all\s+of\s+them)\s+(?:of\s+them\s+)?(?:one\s+)?(?:in|with|"
        rf"having|has|gets?|should\s+have|needs?)\s+(\d+)\s+(?:different\s+)?{_KIND}",
        rf"(?:,|\(|-)?\s*\b(?:(?:in|with|as)\s+)*(\d+)\s+(?:different\s+|"
        rf"distinct\s+)?{_KIND}\)?(?:\s+of(?:\s+(?:an?|the))?\b)?",
        r"[x×]\s?(\d{1,2})\b(?:\s+each)?",
        r"(?:,|\(|-)?\s*\b(\d+)\s+of\s+(?:them|those|these)\b\)?",
    )
)
_NAME = (
    r"(qq\d+qq|(?-i:[A-Z][\w'-]*(?:\s+(?!(?:Style|Look)\b)[A-Z0-9][\w'-]*){0,4})|(?!(?:it|"
    r"this|that|"
    r"them|these|those|the|our|my|a|an|and|for|from|of|is|as|style|look|to|in|with|please|on|by|so|"
    r"new|title|name|label|heading|file|record|handle|art|house|own|visual|same|based|out|using|following|which|we|i|you|here|attached"
    r"|references?|samples?|examples?|pictures?|images|like|called|"
    r"named)\b)[a-z][\w'-]*)"
)
_CALLED = re.compile(
    r"\b(?:call(?:ed|ing)?\b|nam(?:ed|e(?!\s+(?:is|should|will|shall|would|to)\b)|ing)\b"
    r"|titled?\b|dub(?:bed)?\b|label(?:l?ed)?\b|"
    r"known\s+as\b|"
    r"(?:by|under|with|carr\w+|bears?|gets?|has|answers?\s+to)\s+(?:the\s+)?(?:name|title|label|heading|handle)(?:\s+of)?|christen\s+(?:it|this|that|them)|name\s*[:=]|"
    r"\bname\s+(?:is|should\s+be|will\s+be|shall\s+be|would\s+be|to\s+be)\b|"
    r"(?:save|store|remember|register|keep|learn|use|treat|set|add|file|take)\s+(?:it|this|that|"
    r"them|these|those|(?:the\s+)?\w+)?\s*(?:\w+\s+)?(?:as|under))\s*"
    r"(?:(?:it|this|that|them|these|the\s+style|the\s+batch|the\s+result)\s+)?(?:is\s+|"
    r"as\s+)?(?:(?:the|our|my|a)\s+)?(?:new\s+)?(?:style\s+|look\s+)?" + _NAME,
    re.IGNORECASE,
)
_NAMING = re.compile(r"(?:call|nam|titl|dub|label|by|under|with|christen)", re.IGNORECASE)
_STYLE_NAMED = (
    re.compile(
            r"(?:\b(?:in|with|using|use|of)\s+)?(?:\b(?:the|our|my)\s+)?\b(?:style|"
            r"look)\s*(?:is\s+|=\s*|:\s*|called\s+|named\s+|profile\s+|"
        r"name\s+(?:is\s+)?)*(qq\d+qq|"
        r"(?-i:[A-Z][\w'-]*(?:\s+[A-Z0-9][\w'-]*){0,3}))", re.IGNORECASE),
    re.compile(
        r"(?:\b(?:in|with|using|use|apply|follow|for|as|of|is|are|learn|"
        r"new)\s+)?(?:\b(?:the|our|my|this|a)\s+)?(qq\d+qq|"
        r"(?-i:[A-Z][\w'-]*(?:\s+[A-Z0-9][\w'-]*){0,3}))[\s-]+(?:art\s+)?"
        r"(?:style|look|aesthetic)s?\b", re.IGNORECASE),
    re.compile(
        r"\b(?:in|with|using|use|apply|follow)\s+(?:the|our|my)\s+((?!(?:same|"
        r"new|other|art|attached|following|above|this|that|house|visual|first|"
        r"last|usual|our)\b)[a-z][\w'-]*)[\s-]+(?:art\s+)?(?:style|look)\b", re.IGNORECASE),
    re.compile(
        r"(?:^|,)\s*((?!(?:the|our|my|a|an|this|that|same|art|"
        r"pixel)\b)[a-z][\w'-]*)\s+style(?:\s+again)?\s*(?=,|$|\.|:|\(|@|\d)", re.IGNORECASE),
    re.compile(
        r"\b(?:in|with|using)\s+((?!(?:the|our|my|a|an|this|that|same|new|other|"
        r"any|art|their|its|which|what|pixel|flat|"
        r"cartoon)\b)[a-z][\w'-]*)[\s-]+style\b", re.IGNORECASE),
)  # fmt: skip
_STYLE_ALONE = re.compile(
    r"\b(?:using|in|with|apply)\s+(qq\d+qq|(?-i:[A-Z][\w'-]*(?:\s+[A-Z][\w'-]*)?))\s*(?=,|$|[.;:])",
    re.IGNORECASE,
)
_IS_OUR = re.compile(
    r"(?<![\w-])"
    + _NAME
    + r"(?:\s+as\s+(?:its|the|their|a)\s+name\b|\s+(?:is|will\s+be|shall\s+be)\s+(?:the\s+name"
    r"|our|my|the|what|how)\b)",
    re.IGNORECASE,
)
_AFTER_STYLE = re.compile(
    r"\bstyle\s+((?!(?:is|are|of|for|from|in|with|and|as|on|to|that|this|profile|out|based|using|"
    r"guide|name[d]?|called|please|reference|we|i|you|here|images)\b)[a-z][\w'-]+)",
    re.IGNORECASE,
)
_THAT_STYLE = re.compile(
    r"\b(?:in|with|using|use|apply)\s+(?:it|that|this|the\s+same|our|the|my|their|"
    r"that\s+same)(?:\s+(?:new\s+|art\s+|house\s+)*(?:style|look))\b",
    re.IGNORECASE,
)
_IDS = re.compile(r"\b(bat|ast|sty|upl|apr|fup|exp)_[a-z0-9]{4,}(?:-\d{5}-\d{3}(?:-r\d+)?)?\b")
_SINCE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), since)
    for pattern, since in (
        (r"(?:(?:in|over|during|within|from)\s+)?(?:the\s+)?(?:last|past)\s+(\d+)\s+days?", "{}d"),
        (r"(?:(?:in|over|during|within|from)\s+)?(?:the\s+)?(?:last|past)\s+(\d+)\s+weeks?", "{}w"),
        (r"since\s+(\d{4}-\d\d-\d\d)", "{}"),
        (
            r"(?:(?:in|over|during|within|from)\s+)?(?:the\s+|this\s+)?(?:last|past|previous|"
            r"this)?\s*(?:7\s+days|week)(?:'s)?|lately|recently", "7d"),
        (r"(?:since\s+|from\s+)?yesterday(?:'s)?", "2d"),
        (r"(?:from\s+)?today(?:'s)?|this\s+(?:morning|afternoon)|(?:in\s+)?the\s+last\s+24\s+hours",
        "1d"),
        (
            r"(?:(?:in|over|during|within|from)\s+)?(?:the\s+|this\s+)?(?:last|past|previous|"
            r"this)\s*month(?:'s)?", "31d"),
    )
)  # fmt: skip
_ORDINALS = {
    word: n
    for n, names in enumerate(
        ("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th",
         "seventh 7th", "eighth 8th", "ninth 9th", "tenth 10th"), 1)
    for word in names.split()
}  # fmt: skip
_ORDINAL = re.compile(
    rf"(?<!to )\b(?!(?<!the )first\b(?:\s*$|\s*[,.;!?]|\s+(?:of\s+all|then|and|make|create"
    rf"|save|use|take|set|define|generate|produce|register|remember|turn|do|let|please|i|we|you|the|these|draft|prepare|start"
    rf"|learn)\b))"
    rf"({'|'.join(_ORDINALS)})\b(?!\s+(?:chance|try|attempt|time|batch|thing|step|week|of\s+all))"
    r"|(?:\b(?:number|no\.?|nr\.?|item|asset|image)\s+|#\s?)(\d{1,3})\b|\bthe\s+(last)\s+(?:one|"
    r"image|asset|icon|picture)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(?<![\w#-])(\d{1,7})(?![\w-]*_)(?!\s*(?:px|x\s*\d|by\s*\d))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that was found, or None, and the text without it."""

    value: object
    rest: str


def _cut(text: str, found: re.Match[str], by: str = " ") -> str:
    return f"{text[: found.start()]}{by}{text[found.end() :]}"


def take_size(text: str) -> tuple[tuple[int, int] | None, str]:
    """(width, height) in pixels; one side means a square."""
    for pattern in _SIZES:
        found = pattern.search(text)
        if found:
            sides = [int(g) for g in found.groups() if g]
            if min(sides) >= 8:
                return (sides[0], sides[-1]), _cut(text, found)
    return None, text


def take_variations(text: str) -> tuple[int | None, str]:
    """Images of each thing, where it is said apart from the things."""
    for pattern in _VARIATIONS:
        found = pattern.search(text)
        if found:
            return int(found[1]), _cut(text, found)
    return None, text


def take_style(text: str) -> tuple[str | None, str]:
    """The name (or marker) of a style that things are to be made in."""
    for pattern in (*_STYLE_NAMED, _STYLE_ALONE):
        for found in pattern.finditer(text):
            if not (_is_engine(found[1]) or LOOKS.fullmatch(found[1])):
                return found[1], _cut(text, found)
    return None, text


def take_that_style(text: str) -> tuple[bool, str]:
    """Whether "in that style" was said."""
    found = _THAT_STYLE.search(text)
    return (True, _cut(text, found)) if found else (False, text)


def take_name(text: str) -> tuple[str | None, str]:
    """What something is to be called."""
    named = [found for found in _CALLED.finditer(text) if not _is_engine(found[1])]
    if not named:
        return None, text
    # "called Aurora" says it better than "as references".
    found = max(named, key=lambda match: bool(_NAMING.match(match[0])))
    return found[1], _cut(text, found)


def taught_name(text: str) -> str | None:
    """The name in "Meadow is our style" or "a style meadow"."""
    found = _IS_OUR.search(text) or _AFTER_STYLE.search(text)
    return found[1] if found else None


def _is_engine(name: str) -> bool:
    return any(pattern.fullmatch(name) for pattern in PRESETS.values()) or name.casefold() in {
        "csv", "i", "use", "make", "these", "this", "the", "here", "pixel", "in", "with", "our",
    }  # fmt: skip


def presets_in(text: str) -> tuple[str, ...]:
    """Presets by the names of their engines; `raw` for plain files where no engine is named."""
    found = tuple(name for name, pattern in PRESETS.items() if pattern.search(text))
    named = tuple(name for name in found if name != "raw") or found
    if len(found) > 1 and "raw" in found and re.search(r"\braw\b", text, re.IGNORECASE):
        named = found
    return named or (("raw",) if PLAIN_FILES.search(text) else ())


def ids_in(text: str, prefix: str) -> tuple[str, ...]:
    """Ids of one kind that were typed, such as those of `bat`."""
    return tuple(m[0] for m in _IDS.finditer(text) if m[1] == prefix)


def take_since(text: str) -> tuple[str, str]:
    """A date limit as the search tool takes it: `7d` or an ISO date."""
    for pattern, since in _SINCE:
        found = pattern.search(text)
        if found:
            value = since.format(*(g for g in found.groups() if g))
            if value.endswith("w"):
                value = f"{7 * int(value[:-1])}d"
            return value, _cut(text, found)
    return "", text


def ordinal_in(text: str) -> int | None:
    """A place in the last list, from 1; -1 for the last."""
    found = _ORDINAL.search(text)
    if not found:
        return None
    if found[3]:
        return -1
    return int(found[2]) if found[2] else _ORDINALS[found[1].casefold()]


def without_ordinals(text: str) -> str:
    """The text without places in a list, so that their digits don't count."""
    return _ORDINAL.sub(" ", text)


def count_in(text: str) -> int | None:
    """The first count."""
    found = _COUNT.search(_IDS.sub(" ", text))
    return int(found[1]) if found else None
