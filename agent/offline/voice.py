"""Passive and causative clauses, as the imperatives that they stand for."""

import re
from collections.abc import Mapping

from agent.offline.vocabulary import ENGINE

# Past participle → the verb as a request starts with it.
PARTICIPLES: Mapping[str, str] = {
    "made": "make", "created": "create", "generated": "generate", "drawn": "draw",
    "produced": "produce", "rendered": "render", "designed": "design", "painted": "paint",
    "built": "build", "prepared": "prepare", "drafted": "draft", "imported": "import",
    "started": "start", "launched": "launch", "run": "run", "processed": "process",
    "exported": "export", "packaged": "package", "packed": "pack", "bundled": "bundle",
    "zipped": "zip", "delivered": "deliver", "shipped": "ship", "converted": "convert",
    "combined": "combine", "downloaded": "download",
    "cancelled": "cancel", "canceled": "cancel", "stopped": "stop", "aborted": "abort",
    "halted": "halt", "scrapped": "scrap",
    "retried": "retry", "rerun": "rerun", "regenerated": "regenerate", "redone": "redo",
    "deleted": "delete", "removed": "remove", "erased": "erase", "wiped": "wipe",
    "saved": "save", "remembered": "remember", "stored": "store", "registered": "register",
    "learned": "learn", "learnt": "learn", "used": "use",
    "added": "add", "assigned": "assign",
    "tagged": "tag", "labelled": "label", "labeled": "label", "marked": "mark",
}  # fmt: skip
_DONE = "|".join(PARTICIPLES)
# Behind "I want a chest …" these describe the chest.
_CAUSED = "|".join(p for p, verb in PARTICIPLES.items() if verb not in {"tag", "label", "mark"})
_ADVERBS = r"(?:\s+(?:all|also|both|each|then|now|please|still|just|first|finally|afterwards))*"
_TO_BE = (
    rf"(?:(?:should|must|shall|ought\s+to|will\s+have\s+to|has\s+to|have\s+to|needs?\s+to|"
    rf"(?:is|are)\s+to|can|could|may|might){_ADVERBS}(?P<no>\s+(?:not|never))?{_ADVERBS}"
    rf"\s+(?:be|get))"
)
_WHAT = r"(?P<what>(?!(?:it|there)\s+would\b)[\w'#-]+(?:[\s,]+[\w'#-]+){0,24}?)"
_PASSIVE = re.compile(
    rf"^{_WHAT}(?<!that)(?<!which)\s+{_TO_BE}{_ADVERBS}\s+(?P<done>{_DONE})\b(?P<how>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_NEEDED = re.compile(
    rf"^{_WHAT}\s+(?:is|are)\s+(?:needed|wanted|required)\b(?P<how>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_CAUSATIVE = re.compile(
    rf"^(?:(?:i|we)\s+)?(?:have|get|want|need|would\s+(?:like|love))\s+"
    rf"(?P<what>(?!(?:an?|the|some|to)\s+(?:{_CAUSED})\b)\S+(?:\s+\S+){{0,20}}?)"
    rf"(?:\s+to\s+be)?(?<!hand)\s+(?P<done>{_CAUSED})(?P<how>"
    r"(?=\W*$|[\s,]+(?:with\s+(?:an?|the|\d)|please|asap|today|now|in|for|as|to|and|again|once|at|into|too|right|then|"
    r"first|automatically|quickly)\b).*)$",
    re.IGNORECASE | re.DOTALL,
)
_WISHED = re.compile(
    rf"\bif\s+([^,.;:!?]{{1,80}}?)\s+(?:was|were|got)\s+({_DONE})\b", re.IGNORECASE
)
_WELCOME = re.compile(
    rf"^{_WHAT}\s+would\s+be\s+(?:\w+\s+)?(?:nice|great|lovely|good|awesome|cool|perfect|appreciated|"
    r"helpful|handy|wonderful|fantastic|amazing|welcome)\b(?P<how>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_MUST = (
    r"(?:should|must|shall|ought\s+to|has\s+to|have\s+to|needs?\s+to|(?:is|are)\s+to|can|could|may|"
    r"might|will)"
)
_RELATIVE = r"(?:that|which|who|whatever|whichever|anything|everything|whose)"
# "The new ones deserve the tag x", "let them wear two tags: x and y".
_WEARING = re.compile(
    rf"^(?:let\s+)?(?P<what>(?!{_RELATIVE}\b)(?:(?!{_RELATIVE}\b)[\w'#-]+\s+){{1,8}}?)"
    rf"(?:{_MUST}\s+(?:(?:all|also|each|now|please)\s+)*(?:carry|have|wear|bear|get|receive|hold|show|sport|"
    r"be\s+given|go\s+under)|deserves?|merits?|wants?|needs?|gets?|(?<=\s)(?:wear|carry|bear|sport|have|receive))"
    r"\s+(?:(?:the|an?|\d+|further|more|extra|additional|new|following|one)\s+)*"
    r"(?P<tags>(?:tags?|labels?)\s*[:,-]?\s*(?!\s|and\b|too\b|as\s+well\b|now\b|please\b)\S.*"
    r"|qq\d+qq\s+(?:tags?|labels?)\b.*)$",
    re.IGNORECASE | re.DOTALL,
)
# "Whatever is red should end up in a sprite sheet": places where assets go.
_GOING = re.compile(
    rf"^(?P<what>(?:[\w'#-]+\s+){{1,12}}?)(?:{_MUST}\s+)?(?:all\s+)?"
    r"(?:ends?\s+up|winds?\s+up|go(?:es)?|lands?|belongs?|travels?|moves?|be\s+(?:put|placed|turned|made)|"
    r"becomes?|fits?)\s+(?:(?:together|all)\s+)?(?P<how>(?:in|into|to|inside|as|on)\b.*|an?\s.*)$",
    re.IGNORECASE | re.DOTALL,
)
PASSIVE_AHEAD = re.compile(
    rf"(?:[\w'#-]+\s+){{1,7}}?{_TO_BE}{_ADVERBS}\s+(?:{_DONE})\b", re.IGNORECASE
)


def wished(text: str) -> str:
    """The text with "if X were made" as "X should be made"."""
    return _WISHED.sub(r"\1 should be \2", text)


def active(clause: str) -> str:
    """The clause as an imperative: "X should be made" is "make X", "have X made" too."""
    for pattern in (_NEEDED, _WELCOME):
        found = pattern.match(clause)
        if found:
            return f"need {found['what']}{found['how']}"
    worn = _WEARING.match(clause)
    if worn:
        return f"tag {worn['what']} with {worn['tags']}"
    went = _GOING.match(clause)
    if went and ENGINE.search(went["how"]):
        return f"export {went['what']} {went['how']}"
    for pattern in (_PASSIVE, _CAUSATIVE):
        found = pattern.match(clause)
        if found:
            verb = PARTICIPLES[found["done"].casefold()]
            negated = pattern is _PASSIVE and found["no"]
            return f"{'do not ' if negated else ''}{verb} {found['what']}{found['how']}"
    return clause
