"""Structured logs on standard error: readable at a terminal, JSON elsewhere.

What is written is what this project's modules say, with the ids that are bound. No exception's
message is written, and of other libraries' records only the place and the unfilled template:
both may quote what people uploaded or typed.
"""

import logging
import sys
from collections.abc import Mapping
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor

from assetql.domain.errors import unknown_choice
from assetql.telemetry.events import FACTS
from assetql.telemetry.failure import causes_of, outline
from assetql.telemetry.ids import bound_ids

OURS = ("agent", "assetql", "inference", "integrations")
LEVELS = ("debug", "info", "warning", "error", "critical")
_HANDLER = "assetql"


def configure(level: str, *, stream: TextIO | None = None) -> None:
    """Logs to `stream`, standard error by default; again, it replaces what it set before.

    Other libraries speak from WARNING on. Raises: InvalidInput for an unknown level.
    """
    number = _number(level)
    out = stream or cast("TextIO", sys.stderr)
    handler = logging.StreamHandler(out)
    handler.set_name(_HANDLER)
    handler.setFormatter(_formatter(readable=out.isatty()))
    root = logging.getLogger()
    for old in [each for each in root.handlers if each.get_name() == _HANDLER]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(number, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(number)


def _number(level: str) -> int:
    if level.casefold() not in LEVELS:
        raise unknown_choice("log level", level, LEVELS)
    return logging.getLevelNamesMapping()[level.upper()]


def _formatter(*, readable: bool) -> logging.Formatter:
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=True)
        if readable
        else structlog.processors.JSONRenderer()
    )
    return structlog.stdlib.ProcessorFormatter(
        use_get_message=False,  # `_message` fills the template in, after a look at the values
        pass_foreign_args=True,
        foreign_pre_chain=[
            _message,
            _facts,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _outlined,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _message(_: Any, __: str, event: EventDict) -> EventDict:
    """Fills in a template of ours; another library's stays as it is, or is left out."""
    record: logging.LogRecord = event["_record"]
    arguments = event.pop("positional_args")
    if record.name.partition(".")[0] in OURS:
        if arguments:
            event["event"] %= _discreet(arguments)
    else:
        event["event"] = event["event"] if arguments else "another library's message"
        event["at"] = f"{record.module}:{record.lineno}"
    return event


def _discreet(arguments: object) -> object:
    if isinstance(arguments, Mapping):
        return {k: _plain(v) for k, v in cast("Mapping[str, object]", arguments).items()}
    return tuple(_plain(value) for value in cast("tuple[object, ...]", arguments))


def _plain(value: object) -> object:
    return causes_of(value) if isinstance(value, BaseException) else value


def _facts(_: Any, __: str, event: EventDict) -> EventDict:
    facts = cast("Mapping[str, object]", getattr(event["_record"], FACTS, {}))
    given = {name: value for name, value in facts.items() if value is not None}
    return {**event, **bound_ids(), **given}


def _outlined(_: Any, __: str, event: EventDict) -> EventDict:
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else None
    if isinstance(error, BaseException):
        event["error"] = causes_of(error)
        event["exception"] = outline(error)
    return event
