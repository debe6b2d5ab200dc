"""Moments as people and models write them."""

import re
from datetime import UTC, datetime, timedelta

from assetql.domain.errors import InvalidInput

_DAYS = re.compile(r"(\d{1,5})\s*d(?:ays?)?")


def moment(text: str, *, now: datetime) -> datetime:
    """`7d` (days before `now`) or an ISO date or time, in UTC. Raises: InvalidInput."""
    days = _DAYS.fullmatch(text.strip().casefold())
    if days:
        return now - timedelta(days=int(days[1]))
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInput(
            f"{text!r} is no date.", remedy="Write 2026-01-31, or 7d for the last seven days."
        ) from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
