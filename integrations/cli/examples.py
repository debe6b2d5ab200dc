"""The example inputs that the project ships: a list of 40 assets and three references."""

from pathlib import Path

_HERE = Path(__file__)
_PACKAGED = _HERE.with_name("examples")
EXAMPLES = _PACKAGED if _PACKAGED.is_dir() else _HERE.parents[2] / "examples" / "chat"

LIST = EXAMPLES / "uploads" / "rpg_items.csv"
REFERENCES = tuple(EXAMPLES / "uploads" / f"ref{number}.png" for number in (1, 2, 3))
REQUESTS = EXAMPLES / "requests.jsonl"
