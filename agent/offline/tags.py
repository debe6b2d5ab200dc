"""Tags in a request: as a filter ("tagged potion") or as an edit ("tag them as 'x'")."""

import re

from agent.offline.lexicon import CONCEPT

_WORD = (
    r"(?<![\w-])(?:qq\d+qq|(?!(?:as|with|the|a|an|by|it|them|this|that|and|or|into|in|for|to|"
    r"on|yet|all|assets?|"
    r"items?|those|these|now|please|automatically|everything|results?|new|ones|images?|of|is|are|"
    r"from|"
    r"after|when|my|our|again|me|up|properly|correctly|too)\b)[a-z][\w-]*)"
)
_LIST = rf"({_WORD}(?:\s*(?:,|\band|,\s*and|\bor\b)\s+{_WORD}(?=\s*(?:,|\band\b|$|\.)))*)"
_FILTERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:(?:that|which)\s+(?:is|are|have\s+been|were)\s+)?(?:tagged|labell?ed|"
        rf"marked|branded|stamped|adorned)\s+(?:as\s+|with\s+|by\s+)?(?:the\s+)?(?:tags?\s+)?{_LIST}(?:\s+(?:things|"
        rf"ones|assets))?",
        rf"\b(?:with|having|under|carr(?:y|ies|ying)|bear(?:s|ing)?|wear(?:s|ing)?|hold(?:s|ing)?|"
        rf"sport(?:s|ing)?|show(?:s|ing)?|has|have|got)\s+(?:(?:the|a|an)\s+)?(?:tags?|labels?)\s+(?:of\s+)?{_LIST}",
        rf"\b(?:with|having|that\s+(?:have|has|carry|carries|bear|wear)|carr(?:ies|ying)|bear(?:s|ing)|wear(?:s|ing)|of)\s+(?:(?:the|a|"
        rf"an)\s+)?({_WORD})\s+(?:tags?|labels?)\b",
        rf"({_WORD})[\s-]+tagged\b",
        rf"\b(?:tags?|labels?)\s*[:=]\s*{_LIST}",
        rf"\b(?:the\s+)?tag\s+(?:is\s+)?({_WORD})(?=\s*(?:$|[,.]|into|to|for|on|as))",
    )
)
_EDITS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
            r"\b(?:tags?|labels?|categories)\s*(?:[:=]|called|named)?\s*(qq\d+qq(?:\s*(?:,|and|"
            r",\s*and)\s*qq\d+qq)*)",
        r"(qq\d+qq(?:\s*(?:,|and|,\s*and)\s*qq\d+qq)*)\s*(?:as\s+(?:a\s+)?)?(?:tags?|labels?)?",
        rf"\b(?:as|with)\s+(?:being\s+)?(?:the\s+|a\s+)?(?:tags?\s+|labels?\s+)?{_LIST}",
        rf"\b(?:the|a|an)\s+(?:tags?|labels?)\s+{_LIST}",
        rf"\b(?:the|a|an)\s+({_WORD})\s+(?:tags?|labels?)\b",
        rf"\b(?:tags?|labels?)\s+(?!(?:the|my|our|all|those|these|them|it|this|that|"
        rf"everything)\b){_LIST}(?=\s+(?:to|on|onto|from|off)\b)",
        rf"^(?:the\s+)?({_WORD})\s+as\s+(?:an?|the)\s+(?:tag|label)\b",
        rf"^(?:the\s+|an?\s+)?{_LIST}\s+(?:to|on|onto|from|off)\b",
        rf"\b({_WORD})\s+(?:tags?|labels?)\b",
        rf"\b(?:are|is|be|to\s+be)\s+(?:tagged\s+|labell?ed\s+)?({_WORD})$",
        rf"^(?:all\s+|of\s+)*(?:the\s+)?(?:(?:new|newest|latest)\s+(?:ones|assets|images)|those|"
        rf"these|them|it|all|this|everything)(?:\s+of\s+(?:them|those|"
        rf"these))?\s*[:,-]?\s*{_LIST}$",
    )
)  # fmt: skip
_SPLIT = re.compile(r"\s*(?:,\s*and\b|,|\band\b|\bor\b)\s*", re.IGNORECASE)
_NOT_TAGS = frozenset(
    {
        "tag",
        "tags",
        "label",
        "auto",
        "any",
        "no",
        "some",
        "untagged",
        "not",
        "tagged",
        "get",
        "gets",
        "got",
        "getting",
        "be",
        "been",
        "being",
        "also",
        "then",
        "sure",
        "auto-",
        "need",
        "needs",
    }
)


# A clause that says which assets are meant: what they carry is no edit.
_REFERRING = re.compile(
    r"\b(?:that|which|who|whatever|whichever|everything|all|those|ones|things|assets|items|images|"
    r"pieces|stuff|any(?:thing)?)\s+(?:(?:currently|already)\s+)?(?:has|have|having|carr\w+|bear\w*|"
    r"wear\w*|hold\w*|with|under|sport\w*)\s+(?:(?:the|an?)\s+)?(?:\S+\s+)?(?:tags?|labels?)\b",
    re.IGNORECASE,
)


def refers(text: str) -> bool:
    """Whether a tag is spoken of to say which assets are meant: "all that have the tag x"."""
    return bool(_REFERRING.search(text))


def take_untagged(text: str) -> tuple[bool, str]:
    """Whether only assets without tags are meant."""
    pattern = CONCEPT["untagged"]
    return bool(pattern.search(text)), pattern.sub(" ", text)


def take_filter(text: str) -> tuple[tuple[str, ...], str]:
    """Tags that assets must hold, as words or markers."""
    for pattern in _FILTERS:
        found = pattern.search(text)
        if found and (tags := _tags(found[1])):
            return tags, f"{text[: found.start()]} {text[found.end() :]}"
    return (), text


def edited(text: str) -> tuple[str, ...]:
    """Tags that are to be put on or taken off, as words or markers; `text` is behind the verb."""
    for pattern in _EDITS:
        found = pattern.search(text)
        if found and (tags := _tags(found[1])):
            return tags
    return ()


def _tags(text: str) -> tuple[str, ...]:
    names = (name.strip() for name in _SPLIT.split(text))
    return tuple(name for name in names if name and name.casefold() not in _NOT_TAGS)
