"""A message as the planner reads it: plain punctuation, written-out negations, digits, few typos.

Quoted strings become markers, so that what stands in quotes is never taken for an instruction.
"""

import re
import unicodedata
from dataclasses import dataclass

from agent.offline.numbers import digits
from agent.offline.shorthand import spelt_out
from agent.offline.typos import corrected
from agent.offline.voice import wished

_PUNCTUATION = str.maketrans("‘’‚‛“”„«»–—−…", '\'\'\'\'"""""---.')
_QUOTED = re.compile(
    r"\"([^\"\n]{1,120})\"|(?<![\w'])'([^'\n]{1,120}?)'(?![\w'])|`([^`\n]{1,120})`"
)
_ENUMERATOR = re.compile(r"(?:^| )\(?(?:\d{1,2}|[a-d])[.)] (?=[A-Za-z])")  # "1) this 2) that"
_MARKER = re.compile(r"qq(\d+)qq")
_EXPANSIONS: tuple[tuple[str, str], ...] = (
    (r"\bw/o\b", "without"),
    (r"\bw/(?=\s|\w)", "with "),
    (r"\bcan'?t\b|\bcannot\b", "can not"),
    (r"\bwon'?t\b", "will not"),
    (r"\b(do|does|did|is|are|was|were|has|have|had|should|could|would)n'?t\b", r"\1 not"),
    (r"\bdont\b", "do not"),
    (r"\b(what|where|how|who|that|here|it|there)'s\b", r"\1 is"),
    (r"\b(what|where|how|here)s\b", r"\1 is"),
    (r"\bi'?d (?=like|love|need|want|rather)", "i would "),
    (r"\b(we|they|you|it|that|there)'d\b", r"\1 would"),
    (r"\b(they|you|it|that)d\b", r"\1 would"),
    (r"\b(i|we|you|they)'ll\b", r"\1 will"),
    (r"\b(i|we|you|they)'ve\b", r"\1 have"),
    (r"\b(we|you|they)'re\b", r"\1 are"),
    (r"\bi'?m\b", "i am"),
    (r"\blet'?s\b", "let us"),
    (r"\bgimme\b", "give me"),
    (r"\blemme\b", "let me"),
    (r"\bwanna\b", "want to"),
    (r"\bgonna\b", "going to"),
    (r"\bgotta\b", "got to"),
    (r"\b(?:pls|plz|plse)\b", "please"),
    (r"\b(?:thx|tnx|ty)\b", "thanks"),
    (r"\bu\b", "you"),
    (r"\b(?:ur)\b", "your"),
    (r"\b(?:pics?|imgs?)\b", "images"),
    (r"\b(?:refs?)\b", "references"),
    (r"\bspread\s*sheets?\b", "spreadsheet"),
    (r"\bsprite[\s-]*sheets?\b", "spritesheet"),
    (
        r"\b(?:fresh|brand[- ]new|freshly\s+made)"
        r"(?=\s+(?:ones?|images?|assets?|icons?|stuff|batch)\b)",
        "new",
    ),
    (
        r"\b(?:do|should|must|need|can|shall)\s+not\s+"
        r"(?:carry\s+on|continue|go\s+on|keep\s+(?:on\s+)?\w+ing)\b(?:\s+(?:with|\w+ing)\b)?",
        "stop",
    ),
    (r"(?<!\S)[:;]-?[)(DP](?!\w)", " "),
    (r"^\s*(?:(?:h+m+|o+h+|a+h+|u+h*m+|uh|wow)\b[\s,.!-]*)+", ""),
    (r"\s+&\s+", " and "),
    (r"(?<=[a-z])\s*\+\s*(?=[a-z])", " and "),
)  # fmt: skip
_HEDGE = re.compile(
    r"(?<!more )(?<!look )\b(?:roughly|approximately|around|about|like|say)\s+(?=\d+\s+[a-z])",
    re.IGNORECASE,
)
_COMPILED = [(re.compile(pattern, re.IGNORECASE), to) for pattern, to in _EXPANSIONS]


@dataclass(frozen=True, slots=True)
class Text:
    """`plain` with markers `qq0qq` for `quotes`, in the message's own case."""

    plain: str
    quotes: tuple[str, ...]

    def restored(self, part: str) -> str:
        """A part of `plain` with its quoted strings put back."""
        return _MARKER.sub(lambda m: self.quotes[int(m[1])], part).strip()


def normalise(message: str) -> Text:
    """The message, ready for matching."""
    text = unicodedata.normalize("NFKC", message.translate(_PUNCTUATION))
    quotes: list[str] = []

    def mark(found: re.Match[str]) -> str:
        quotes.append(" ".join(next(g for g in found.groups() if g is not None).split()))
        return f"qq{len(quotes) - 1}qq"

    text = _QUOTED.sub(mark, text)
    text = spelt_out(text)
    for pattern, to in _COMPILED:
        text = pattern.sub(to, text)
    if len(_ENUMERATOR.findall(text)) > 1:
        text = _ENUMERATOR.sub("; ", text)
    text = re.sub(r"[^\S\n]+", " ", text)
    text = _HEDGE.sub("", digits(corrected(text)))
    return Text(wished(text).strip(), tuple(quotes))
