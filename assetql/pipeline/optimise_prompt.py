"""optimise_prompt: a model may enrich a prompt, but never drop what the user asked for."""

import re

from assetql.domain.imaging import MAX_PROMPT
from assetql.domain.style import StyleProfile
from assetql.ports import PromptOptimiser

_WORD = re.compile(r"\w+", re.UNICODE)
_LONGEST = 1_500


def optimise_prompt(
    prompt: str, *, profile: StyleProfile | None, optimiser: PromptOptimiser | None
) -> str:
    """The prompt to send: the optimised one with every word asked for, or the asked one itself."""
    if optimiser is None:
        return prompt
    name = profile.name if profile else None
    answer = " ".join(optimiser.optimise(prompt, style_name=name).split())[:_LONGEST]
    return keep_asked(prompt, answer)


def keep_asked(asked: str, optimised: str) -> str:
    """`optimised`, led by the asked prompt where it lost a word of it and there is room."""
    if not optimised:
        return asked
    kept = {word.casefold() for word in _WORD.findall(optimised)}
    lost = [word for word in _WORD.findall(asked) if word.casefold() not in kept]
    if not lost:
        return optimised
    both = f"{asked}. {optimised}"
    return both if len(both) <= MAX_PROMPT else asked
