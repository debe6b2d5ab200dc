"""The offline tagger: tags from the words that asked for an image and from its colours.

It is a stand-in for a vision model, and its name says so.
"""

import io
import json
import re
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image

from assetql.domain.colors import name_of_color
from assetql.domain.palette import palette_of
from assetql.domain.vocabulary import SYNONYMS
from assetql.ports import TaggingRequest

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_COLORS = 3


class OfflineTagger:
    """Deterministic: words of the category count most, then the name's, then the description's."""

    name = "offline-words-1"

    def answers(
        self, requests: Sequence[TaggingRequest], vocabulary: Sequence[str]
    ) -> Sequence[str]:
        return [self.answer(request, vocabulary) for request in requests]

    def answer(self, request: TaggingRequest, vocabulary: Sequence[str]) -> str:
        """JSON, for one image."""
        known = frozenset(vocabulary)
        found: dict[str, float] = {}
        weighted = ((request.category, 0.95), (request.name, 0.9), (request.description, 0.7))
        for text, confidence in weighted:
            for tag in _tags_in(text, known):
                found.setdefault(tag, confidence)
        for rank, tag in enumerate(_colors_of(request.thumbnail)):
            found.setdefault(tag, round(0.6 - 0.1 * rank, 2))
        tags = [{"name": name, "confidence": value} for name, value in found.items()]
        return json.dumps({"tags": tags})


def _tags_in(text: str, known: frozenset[str]) -> list[str]:
    words = [word.casefold() for word in _WORD.findall(text)]
    phrases = [" ".join(pair) for pair in pairwise(words)] + words
    singular = [phrase.removesuffix("s") for phrase in phrases]
    candidates = (*phrases, *singular, *(SYNONYMS.get(word, "") for word in (*words, *singular)))
    return [candidate for candidate in candidates if candidate in known]


def _colors_of(thumbnail: bytes) -> list[str]:
    with Image.open(io.BytesIO(thumbnail)) as image:
        palette = palette_of(image.convert("RGBA"), colors=_COLORS)
    return list(dict.fromkeys(name_of_color(color) for color in palette))
