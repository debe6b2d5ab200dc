"""Whether a fragment of a request can be a thing to make: a noun phrase, and no rest of a sentence.

Whatever the rules left over of a message comes by here, so a word that steers the planner, or a
verb, never becomes a picture.
"""

import re

MOST_WORDS = 6
# A participle of a sentence: "batched together", "followed by".
_BEGINS_NO_THING = re.compile(
    r"(?:\w{2,}ed|kept|left|held|put|made|done|sent|gone|in|at|by|with|without|of|to|for|from|on|as)(?:\s+(?:by|together|up|off|on|in|for|to|down|over)\b.*)?$",
    re.IGNORECASE,
)
# Behind the first of these a fragment tells about the thing: "a marble shall form a batch".
_FINITE = re.compile(
    r"\s+(?:is|are|was|were|shall|should|must|will|would|may|might|can|could|has|have|had|do|does|"
    r"did|needs?|wants?|deserves?|gets?|goes|belongs?|but|yet|because|although|though|while|whereas|"
    r"unless|until|till|if|when|once|after|afterwards|before|then)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
# In no name of a thing.
_NEVER = re.compile(
    r"(?<![\w'-])(?:it|its|they|them|their|i|you|your|we|us|me|he|she|is|are|was|were|am|be|been|"
    r"being|will|would|shall|should|must|can|could|may|might|do|does|did|done|has|had|having|but|"
    r"yet|nor|because|although|though|while|whereas|unless|until|till|if|whether|when|once|after|"
    r"afterwards|before|then|not|never|please|asap|how|why|what|which|who|whom|whose|where|"
    r"px|pixels?(?![\s-]*art)|batch(?:es)?|versions?|variations?|variants?|everything|anything|"
    r"nothing|something|whatever|whichever|this|that|these|those|also|already|now|ok|okay|pls|"
    r"exports?|exported|untagged|tagged|n)(?![\w'-])",
    re.IGNORECASE,
)
# What a fragment of an instruction begins with, unless a thing to press is named so.
_STEERS = re.compile(
    r"^(?:make|create|generate|draw|produce|render|design|start|run|begin|launch|go|process|turn|"
    r"use|do|keep|leave|put|let|hold|wait|refrain|tag|label|style|cancel|stop|retry|look|review|"
    r"check|send|ship|hit|press|wake|set|get|give|provide|tell|say|save|call|name|pack|package|"
    r"zip|each|every|both|all|measuring|sized|including|thanks?|hello|hi|hey|yes|no|"
    r"ready|tags?|labels?|styles?|images?|pictures?|icons?)\b"
    r"(?!\s+(?:buttons?|icons?|menus?|screens?|signs?|banners?|lights?|lines?|bars?|flags?|tags?|"
    r"box(?:es)?|tools?|frames?|maps?|lists?|guns?)\b)",
    re.IGNORECASE,
)
_ABOUT_THE_WORK = re.compile(
    r"^(?:the\s+|an?\s+|any\s+|my\s+|our\s+)?(?:start\s+button|trigger|end\s+to|quotation|quote|"
    r"price|cost|progress|status|update|rest|movement|tally|outcome|output|look|"
    r"package|zip|export|archive|way|idea|question|mistake|favou?r|hand|moment|minute|"
    r"first|second|third|fourth|fifth|last)\b(?!\s+(?:tag|sign|board|aid|bar|box|hand|print))"
    r"|\b(?:siblings?|cousins?|relatives?|progress|quotation)\b",
    re.IGNORECASE,
)


def noun_phrase(text: str, *, sure: bool = False) -> str:
    """The part of a fragment that can name a thing; empty where none can. `sure`: "a …"."""
    named = _FINITE.sub("", text).strip(" ,.!?;:-'")
    if not named or len(named.split()) > MOST_WORDS:
        return ""
    if _NEVER.search(named) or (not sure and _BEGINS_NO_THING.match(named)):
        return ""
    if (not sure and _STEERS.match(named)) or _ABOUT_THE_WORK.search(named):
        return ""
    return named
