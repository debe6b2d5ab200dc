"""Whether what is drafted is to be started: it is, unless somebody says not yet."""

import re

_GO = (
    r"(?:start|run|runn|generat|launch|begin|beginn|kick|mak|go|execut|render|process|trigger|fire|"
    r"fir|spend|submit|hit|press|push|touch|wak|releas)\w*"
)
_OBJECT = (
    r"(?:\s+(?:it|them|that|this|anything|off|yet|so\s+far|right\s+now|now|at\s+the\s+moment|"
    r"straight\s+away|the\s+batch|generation|generating|"
    r"the\s+generation|making\s+it|images|for\s+now|up|any\s+of\s+(?:it|them)|just))*"
)
NO_START = re.compile(
    r"(?:,\s*)?(?:\b(?:but|and|just|please|only|so|i|we|you)\s+)*(?:"
    + "|".join(
        (
            rf"\b(?:do\s+not|never|not\s+to|no\s+need\s+to|should\s+not|must\s+not|"
            rf"rather\s+not|will\s+not|shall\s+not)\s+(?!forget|wait|hesitate|"
            rf"worry)(?:\w+\s+){{0,4}}?{_GO}{_OBJECT}",
            rf"\bwithout\s+(?:\w+\s+){{0,2}}?(?:start|run|generat|launch|beginn|kick|render|"
            rf"execut|trigger|fir|mak|go|process|spend)\w*{_OBJECT}",
            rf"\bnot\s+(?:just\s+)?(?:yet|now|right\s+now|(?:start|run|generat|"
            rf"launch)\w*){_OBJECT}",
            rf"\brefrain(?:ing)?\s+from\s+\w+ing{_OBJECT}",
            r"\bwithout\s+(?:\w+\s+){0,2}?(?:press|hitt?|push|touch|pull|click|tapp?)\w*[^,.;:?]*",
            r"(?<=\w )(?:but|and|then)\s+(?:please\s+)?wait\b[^,.;:?]*",
            r"\b(?:hands?|fingers?|paws)\s+(?:off|away\s+from)\b[^,.;:?]*",
            r"\b(?:keep|leave|let|have)\s+(?:it|them|that|this|the\s+\w+|everything)\s+"
            r"(?:be\s+|stay\s+|remain\s+)?(?:all\s+)?(?:sleep\w*|asleep|dormant|rest\w*|sit\w*|"
            r"wait\w*|still|alone|untouched|unstarted|paused?|inactive|standing|stopped|as\s+is|"
            r"be\b|on\s+the\s+shelf|in\s+the\s+drawer)[^,.;:?]*",
            r"\b(?:it|they|the\s+batch)\s+(?:(?:should|shall|must|can|may|has\s+to|have\s+"
            r"to|is\s+to)\s+)?(?:just\s+)?(?:rests?|sleeps?|sits?|waits?|stays?|remains?)\b[^,.;:?]*",
            r"\bhold\s+(?:it|them|that|this|the\s+batch)\s+(?:there|here|back|for)\b[^,.;:?]*",
            r"\b(?:i|we)\s+(?:will|want\s+to|would\s+like\s+to|need\s+to|have\s+to)\s+"
            r"(?:check|review|inspect|look|see|approve)\b[^,.;:?]*\bfirst\b[^,.;:?]*",
            r"\b(?:leave|keep)\s+(?:it|them|that|this|the\s+(?:batch|engines?|start|button|lot)|everything|things)\s+"
            r"(?!simple|cute|clean|minimal|flat|small|in\b|at\b|under\b|as\b|consistent|to\b|with\b|out\b)\w+[^,.;:?]*",
            r"(?:\band|,)\s+(?:kept|left|held|parked)\s+[^,.;:?]*",
            r"\b(?:start\w*|run\w*|launch\w*|generat\w*|it|they)\s+(?:is|are|was)\s+not\s+(?:\w+\s+){0,2}?yet\b",
            r"\bnothing\s+(?:gets?|is|shall|will)\b[^,.;:?]*",
            rf"\b(?:hold|holding)\s+(?:off|on|it|the\s+start|back|fire)\b(?:\s+(?:on|with|for|"
            rf"until|till|from)\b(?:\s+\w+ing)?{_OBJECT})?(?:\s+now)?",
            r"\bwait(?:ing)?\s+(?:for|until|till|with|before)\b[^,.;:?]*",
            r"\b(?:until|till|unless|before)\s+(?:i|we|you|my|it|\w+ing)\b[^,.;:?)]*",
            r"\b(?:keep|leave|save|park|store|have)\s+(?:(?:it|them|that|this|the\s+batch|"
            r"everything)\s+)?"
            r"(?:(?:as|in|at)\s+)?(?:a\s+|the\s+|just\s+)*(?:draft|un\w+ed|idle|parked|pending|"
            r"for\s+now|"
            r"there|on\s+ice|on\s+hold)\b[^,.;:?]*",
            r"\b(?:as|only|just|in)\s+(?:a\s+)?draft\b(?:\s+(?:for\s+now|only|state|mode|please))*",
            r"\bdraft\s+only\b|\bjust\s+(?:a\s+)?draft\b|\bno\s+(?:start|generation|generating|"
            r"run)\b(?:\s+yet)?",
            r"\b(?:i|we)\s+will\s+(?:\w+\s+){0,2}?(?:start|launch|run|kick|tell|say|let|give|"
            r"confirm|approve|decide|trigger)\b[^,.;:?]*",
            r"\b(?:i|we)\s+(?:would|want\s+to|need\s+to|may|might|have\s+to|"
            r"am\s+going\s+to)\s+(?:\w+\s+){0,2}?(?:start|launch|check|review|look|see|confirm|"
            r"approve|decide)\b[^,.;:?]*\b(?:first|before\w*|myself)\b[^,.;:?]*",
            r"\blet\s+(?:me|us)\s+(?:check|review|look|see|think)\b[^,.;:?]*",
            r"\b(?:start|run|launch|generate)\s+(?:it\s+|them\s+|that\s+)?later\b|\blater\b|"
            r"\bfor\s+now\b",
            r"\bnothing\s+(?:should|must|may|has\s+to|needs\s+to|is\s+to)\b[^,.;:?]*",
        )
    )
    + ")",
    re.IGNORECASE,
)
START_TAIL = re.compile(
    r"\s*(?:,|\band\b|\bthen\b)*\s*\b(?:start|run|launch|kick|begin|go)\s+(?:it|them|off|"
    r"ahead|right\s+away|now)\b.*$",
    re.IGNORECASE,
)
_DRAFTING = re.compile(
    r"^\W*(?:draft|drafting|prepare|preparing|plan|set\s+up|setup|line\s+up|queue\s+up|"
    r"put\s+together)\b",
    re.IGNORECASE,
)


def held_back(text: str) -> bool:
    """Whether the message says not to start yet."""
    return bool(NO_START.search(text))


def without_hold(text: str) -> str:
    """The message without the parts that say so, which ask for nothing."""
    return re.sub(r"\(\s*\)", " ", NO_START.sub(" ", text))


def only_drafts(clause_text: str) -> bool:
    """Whether a clause's verb prepares a batch and no more."""
    return bool(_DRAFTING.match(clause_text))
