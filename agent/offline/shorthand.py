"""What people write short, or in a roundabout way, as the plain words that the planner reads."""

import re

_SIDE = r"(\d{2,4})\s*(?:px|pixels?)?"
_AND = r"\s*(?:,|by|x|and|\+|/|(?:and\s+)?(?:an?|the))*\s*"
_MULTIPLES = {"twins": 2, "pairs": 2, "triplets": 3, "quadruplets": 4, "quintuplets": 5}
_PLAIN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), to)
    for pattern, to in (
        (r"(?<=\w)\s+'?n'?\s+(?=\w)", " and "),
        (r"(?<![\w'])'?em\b", "them"),
        (r"^\W*kk?\b(?=[\s,.!]|$)", "ok"),
        (r"\bnvm\b", "never mind"),
        (r"\bgen\b", "generate"),
        (r"\bprep\b", "prepare"),
        (r"\bpkgs?\b", "package"),
        (r"\bw(?=\s+(?:the|a|an|these|this|those|it|\w+ing)\b)", "with"),
        (r"^\W*rm\b", "delete"),
        (r"\$\$+|€€+", "price"),
        (r"(?<=\w)\s*(?:->|=>|→)\s*(?=\w)", " into "),
        (r"\b(?:a\s+)?trio(?:\s+of)?\b", "3"),
        (r"\b(?:a\s+)?(?:duo|brace)(?:\s+of)\b", "2"),
        (r"\b(?:a\s+)?quartet(?:\s+of)?\b", "4"),
        (r"\s*,?\s*(?:and\s+)?followed\s+by\b", ", then"),
        (r"\b([A-Z]\w+)'s(?=\s+(?:style|look)\b)", r"\1"),
        (
            r"\btags?\s*[:=]\s*(?=[\w'\"]+.*\b(?:atlas|zip|pack|package|unity|godot|unreal|sheet|export|web|ios|android)\b)",
            "tagged ",
        ),
        (r"\bpack\s+4\b", "pack for"),
        (r"\bdel\b", "delete"),
        (
            r"\buse\s+([^,.;]{1,40}?\bstyle)\s+(?:to|and|for)\s+"
            r"(?=(?:make|create|generate|draw|produce|render|design|build)\b)",
            r"using \1, ",
        ),
        (
            r"\b(?:i|we)\s+(?:do\s+not|don'?t)\s+(?:want|need)\s+(?:this|that|the|my|our)\s+"
            r"(?:batch|run|job|order|generation)\b(?:\s+any\s?more)?(?!\s+(?:\w+ed|to|yet|run|now)\b)",
            "cancel the batch",
        ),
        (
            r"\b(?:do\s+not|don'?t)\s+(?:generate|make|produce|render|create|draw)\s+"
            r"(?:any|anything)\s*(?:more|else|further)\b(?:\s+(?:images|of\s+\w+))?",
            "stop",
        ),
        (r"\bcuz\b", "because"),
        (r"\b(?:thru)\b", "through"),
        (r"\b(?:tho)\b", "though"),
        (r"\bya\b", "you"),
        (r"\br(?=\s+(?:you|u|they|we|the|my|our|these)\b)", "are"),
        # "after export" orders what comes next, as "afterwards export" does.
        (
            r"(?:^|(?<=[\s,.;]))(?:after|later|thereafter|subsequently|lastly)(?=\s+(?:please\s+)?"
            r"(?:make|create|generate|export|pack|package|zip|tag|put|label|bundle|ship|give)\b)",
            "afterwards",
        ),
        (
            rf"\b{_SIDE}\s+(?:wide|across|broad|in\s+width|of\s+width){_AND}{_SIDE}"
            r"\s+(?:tall|high|in\s+height|of\s+height|down|deep)\b",
            r"\1x\2 px",
        ),
        (
            rf"\b(?:width\s*(?:of|is|=|:)?\s*){_SIDE}{_AND}(?:height\s*(?:of|is|=|:)?\s*){_SIDE}",
            r"\1x\2 px",
        ),
        (r"\bx\s?(\d{1,2})\s+(?:each|apiece)\b", r"\1 of each"),
    )
)
_MULTIPLE = re.compile(
    rf"\b({'|'.join(_MULTIPLES)})(?=\s+(?:of\s+)?(?:each|every|per|all)\b)", re.IGNORECASE
)


def spelt_out(text: str) -> str:
    """The text in plain words."""
    for pattern, to in _PLAIN:
        text = pattern.sub(to, text)
    return _MULTIPLE.sub(lambda m: str(_MULTIPLES[m[1].casefold()]), text)
