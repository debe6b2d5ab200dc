"""Text on its way to Slack and back: what people and models wrote can't mention or link."""

import re

_TAG = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_MEMBER = re.compile(r"\bslack:(T[A-Z0-9]+):([UW][A-Z0-9]+)")


def escape(text: str) -> str:
    """The three characters that Slack reads as control: afterwards `<!here>` is only text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clipped(text: str, most: int) -> str:
    """At most `most` characters, and never half of an entity such as `&amp;` at the end."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    amp = kept.rfind("&")
    if amp > kept.rfind(";") and len(kept) - amp < 6:
        kept = kept[:amp]
    return f"{kept}…"


def named(text: str, team_id: str) -> str:
    """Escaped text in which members of the team, as records name them, are mentioned."""

    def member(found: re.Match[str]) -> str:
        return f"<@{found[2]}>" if found[1] == team_id else found[0]

    return _MEMBER.sub(member, escape(text))


def plain(text: str, *, bot_user_id: str) -> str:
    """What a person typed: without the mention of the bot, without Slack's markup of links."""
    without = text.replace(f"<@{bot_user_id}>", " ")
    return _unescape(_TAG.sub(_readable, without)).strip()


def mentioned_user(word: str) -> str | None:
    """The id in `<@U123>` or `<@U123|ana>`."""
    found = re.fullmatch(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>", word)
    return found[1] if found else None


def _readable(found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    if target.startswith(("http://", "https://", "mailto:")):
        return target if not label or label in target else f"{label} ({target})"
    return f"{target[0]}{label}" if label and target[0] in "#@" else (label or target)


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def pieces(text: str, most: int) -> list[str]:
    """The text in parts of at most `most` characters, cut at line ends or spaces where it can."""
    parts: list[str] = []
    while len(text) > most:
        cut = max(text.rfind("\n", 0, most), text.rfind(" ", 0, most))
        cut = cut if cut > 0 else most
        parts.append(text[:cut])
        text = text[cut:].lstrip()
    return [*parts, text] if text else parts
