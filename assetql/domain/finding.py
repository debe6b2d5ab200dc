"""What somebody who looked at the surroundings found."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what would change it."""

    what: str
    state: State
    found: str
    remedy: str = ""
