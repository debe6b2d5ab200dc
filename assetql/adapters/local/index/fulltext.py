"""Terms as the full-text table takes them, and the expressions that ask for them."""

from collections.abc import Sequence

from assetql.adapters.search.terms import Asked, Phrase, Text

SCOPE, GAP = chr(0xE000), chr(0xE005)  # beside the marks of terms


def terms_text(workspace: int, texts: Sequence[Text]) -> str:
    """One text with a gap between each two; SCOPE confines expressions to one workspace."""
    return f" {GAP} ".join([f"{SCOPE}{workspace}", *map(" ".join, texts)])


def expression(workspace: int, asked: Asked) -> str:
    """Asks for it in one workspace only."""
    wanted = _all(asked.phrases)
    if asked.better:
        wanted = f"({wanted}) NOT ({_all(asked.better)})"
    return f'"{SCOPE}{workspace}" AND ({wanted})'


def _all(phrases: Sequence[Phrase]) -> str:
    return " AND ".join(f'"{" ".join(phrase)}"' for phrase in phrases)
