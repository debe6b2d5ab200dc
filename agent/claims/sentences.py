"""One sentence against the evidence. Pure, but for ids, which it hands back to be looked up."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from agent.claims.evidence import Evidence, references
from agent.claims.quantities import NUMBER_WORDS, Token, plain, tokens

_NOUNS = frozenset(
    re.findall(
        r"\w+",
        "batch batches asset assets task tasks image images icon icons picture pictures sprite"
        " sprites style styles variation variations variant variants row rows reference references"
        " item items result results match matches file files package packages export exports"
        " approval approvals render renders illustration illustrations artwork artworks",
    )
)
_STATES = {
    "ready": "READY",
    "finished": "READY",
    "failed": "FAILED",
    "failures": "FAILED",
    "cancelled": "CANCELLED",
    "canceled": "CANCELLED",
    "queued": "",
    "generating": "",
    "left": "",
    "remaining": "",
    "rejected": "",
    "refused": "",
    "done": "",
}
_ROWS = frozenset({"row", "rows", "item", "items", "file", "files"})
_LINKS = frozenset({"of", "to", "or", "and", "-", "–", "—", "/"})
_SKIPPED = frozenset({"-", "–", "·", '"', "'", "’", "“", "”", "(", ")", "+", "~", "≈"})
_HEDGES = frozenset({"about", "around", "roughly", "nearly", "almost", "over", "exactly", "~", "≈"})
_MAKING = frozenset(
    {"made", "created", "generated", "rendered", "produced", "exported", "found", "drafted"}
)
# What a sentence says to be there; a few may be ways or options, more than that are things.
_HOLDING = frozenset(
    {"there", "contains", "contain", "includes", "include", "holds", "has", "have"}
)
_A_FEW = 12
_SOME = frozenset({"none", "any", "some", "few", "most", "half", "each", "one"})
_EQUALS = frozenset({":", "=", "is", "are", "was", "were", "|", "–", "—", "→", ">"})
_REACH = 3
_COPULAS = frozenset(
    {"are", "is", "were", "was", "have", "has", "been", "now", "all", "already", "came", "out"}
)

_PLAN = re.compile(
    r"\b(?:i'?ll|we'?ll|will|would|i'd|shall|could|can|may|might|should|wants?|wanted|plans?|let me"
    r"|let's|going to|about to|needs?|asks?|asked|requested|if|at most|up to|at least|limit|maximum"
    r"|minimum|drafting|making|creating|generating|pricing|quoting|starting|to (?:make|create)"
    r"|to (?:draft|generate|start|produce|price|quote)|send|attach|choose|which|between|for your?"
    r"|not|n't|no)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:made|created|generated|started|finished|completed?|exported|tagged|found|saved|stored"
    r"|charged|spent|produced|delivered|rendered|drafted|learnt|learned|have been|has been|are"
    r" ready|is ready|there are|there is|now has|now have|contains?|done)\b",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:can|up to|at most|at least|limit|maximum|minimum|most|between|from|takes?|attach|send"
    r"|accepts?|needs?)\b",
    re.IGNORECASE,
)
_WILL = re.compile(r"\b(?:will|i'?ll|we'?ll|shall)\b", re.IGNORECASE)
# Most sentences hold nothing to check: neither a digit nor a number word, an id or a link.
_SUSPECT = re.compile(
    r"\d|[^\W\d_]_|://|www|\w\.\w|[/\\&=:]|\]\(|[^\x00-\x7f]|\b(?:"
    + "|".join(NUMBER_WORDS)
    + r")s?\b",
    re.IGNORECASE,
)
_CENT = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a sentence says that the evidence does not hold; ids may still be in a store."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class _Claim:
    """A number beside a noun or a state; `at` is where it stands in the text."""

    token: Token
    noun: str | None
    state: str | None


def doubts(sentence: str, before: str, evidence: Evidence) -> Iterator[Doubt]:
    """What `sentence` says and the evidence doesn't; `before` is the text that led up to it."""
    if not _SUSPECT.search(before + sentence):
        return
    text = evidence.without_names(plain(sentence))
    for reference in sorted(references(text)):
        if reference in evidence.references:
            continue
        if reference in evidence.typed and _planned(text, text.find(reference)):
            continue
        yield Doubt("reference", reference)
    lead = plain(before)
    whole = lead + text
    for claim in _claims(whole):
        said_now = claim.token.end > len(lead) or _reaches(claim, whole, len(lead))
        if said_now and not _holds(claim, whole, evidence):
            beside = claim.noun or claim.state or ""
            yield Doubt("number", f"{claim.token.text} {beside}".strip())


def _reaches(claim: _Claim, text: str, start: int) -> bool:
    """Whether a number at the end of what was said gets its noun only now."""
    word = claim.noun or claim.state or ""
    return bool(word) and text.casefold().find(word, claim.token.end) >= start


def _claims(text: str) -> Iterator[_Claim]:
    found = tokens(text)
    for index, token in enumerate(found):
        if token.value is None or token.text == "one":
            continue
        if token.kind in {"money", "percent"}:
            yield _Claim(token, None, None)
            continue
        noun, state = _behind(found, index) or _ahead_of(found, index) or (None, None)
        if _is_whole(found, index):
            noun, state = noun or "of", None
        if noun or state:
            yield _Claim(token, noun, state)


def _is_whole(found: list[Token], index: int) -> bool:
    """Whether a number is the 40 of "5 of the 40": it has no state of its own."""
    words = [t for t in found[max(0, index - 3) : index] if t.text not in {"the", "your", "all"}]
    if len(words) < 2 or words[-1].text != "of":
        return False
    return words[-2].value is not None or words[-2].text in _SOME


def _behind(found: list[Token], index: int) -> tuple[str | None, str | None] | None:
    """The noun or state that a number is said of, up to three words behind it."""
    state: str | None = None
    words = 0
    for position in range(index + 1, len(found)):
        token = found[position]
        if token.text in _NOUNS:
            return token.text, state or _state_behind(found, position)
        if token.text in _STATES:
            state = state or token.text
        elif token.value is not None:
            return _chained(found, position, state)
        elif token.text in {"them", "those", "these"} and found[position - 1].text == "of":
            return token.text, state
        elif token.text not in _SKIPPED and not token.text[0].isalnum():
            break
        words += token.text[0].isalnum()
        if words > _REACH:
            break
    return (None, state) if state else None


def _chained(
    found: list[Token], position: int, state: str | None
) -> tuple[str | None, str | None] | None:
    """The first of "5 of 40" or "1 to 10": it is said of what the second is said of."""
    if found[position - 1].text not in _LINKS | {"the", "your", "all"}:
        return (None, state) if state else None
    noun, behind = _behind(found, position) or ("of", None)
    return noun, state or behind


def _state_behind(found: list[Token], position: int) -> str | None:
    """Of "40 images are ready": the state that a noun is said to be in."""
    for token in found[position + 1 : position + 5]:
        if token.text in _STATES:
            return token.text
        if token.text not in _COPULAS:
            return None
    return None


def _ahead_of(found: list[Token], index: int) -> tuple[str | None, str | None] | None:
    """What a number is said of that stands before it: "Images: 40", "READY 40"."""
    if index and found[index - 1].text in _STATES:
        return None, found[index - 1].text
    many = (found[index].value or 0) > _A_FEW
    while index and found[index - 1].text in _HEDGES:
        index -= 1
    verbs = {token.text for token in found[max(0, index - 2) : index]}
    if verbs & _MAKING or (many and verbs & _HOLDING):
        return "made", None
    equals = index > 1 and found[index - 1].text in _EQUALS
    return _subject(reversed(found[max(0, index - 6) : index - 1])) if equals else None


def _subject(leading: Iterable[Token]) -> tuple[str | None, str | None] | None:
    """The nearest noun or state of the same clause."""
    for token in leading:
        if token.text in {".", "!", "?", ";", ","} or token.value is not None:
            return None
        if token.text in _NOUNS:
            return token.text, None
        if token.text in _STATES:
            return None, token.text
    return None


def _holds(claim: _Claim, text: str, evidence: Evidence) -> bool:
    token = claim.token
    assert token.value is not None
    assert token.most is not None
    if _planned(text, token.start) and token.value in evidence.asked:
        return True
    if _is_limit(text, token.start) and token.value in evidence.offered:
        return True
    if token.kind == "money":
        return any(abs(token.value - amount) <= _CENT for amount in evidence.money)
    if token.kind == "percent":
        return _is_share(token.value, evidence)
    state = _STATES.get(claim.state or "", "")
    if state and claim.noun not in _ROWS:
        return any(token.value <= count <= token.most for count in evidence.by_state(state))
    return evidence.counted(token.value, token.most)


def _is_share(percent: Decimal, evidence: Evidence) -> bool:
    counts = frozenset(evidence.counts())
    return any(
        whole and abs(Decimal(100 * part) / whole - percent) < 1
        for whole in counts
        for part in counts
        if 0 <= part <= whole
    )


def _planned(text: str, at: int) -> bool:
    """Whether what stands at `at` is a plan, a question or a wish, not something done."""
    sentence, at = _sentence_at(text, at)
    if sentence.rstrip(" \n\"')").endswith("?"):
        return not _DONE.search(sentence[:at])
    ahead = [m.end() for m in _PLAN.finditer(sentence[:at])]
    if ahead and not _DONE.search(sentence[ahead[-1] : at]):
        return True
    return bool(_PLAN.search(sentence)) and not _DONE.search(sentence)


def _is_limit(text: str, at: int) -> bool:
    sentence, at = _sentence_at(text, at)
    return bool(_LIMIT.search(sentence[:at])) and not _WILL.search(sentence)


def _sentence_at(text: str, at: int) -> tuple[str, int]:
    """The sentence around a place, and where the place is in it."""
    start = max((m.end() for m in re.finditer(r"[.!?]\s+", text[:at])), default=0)
    end = re.search(r"[.!?](?:\s|$)", text[at:])
    return text[start : at + end.end() if end else len(text)], at - start
