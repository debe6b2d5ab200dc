"""Logs of a handler: one JSON line per event of ours, with Lambda's context, and no content."""

import logging
from functools import cache

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from assetql.telemetry.events import FACTS
from assetql.telemetry.failure import causes_of, outline
from assetql.telemetry.ids import bound_ids

SERVICE = "assetql"
_RUNTIME = "awslambdaric"


class EventFormatter(LambdaPowertoolsFormatter):
    """What `assetql.telemetry.logs` writes elsewhere, as Powertools writes it.

    No exception's message, and of other libraries' records only the unfilled template: both may
    quote what people uploaded or typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The event's name, the bound ids and the facts; errors by their kinds and places."""
        ours = record.name.partition(".")[0] == SERVICE
        template = record.msg if ours or record.args else "another library's message"
        said = logging.makeLogRecord(
            {
                **vars(record),
                **bound_ids(),
                **getattr(record, FACTS, {}),
                **_error_of(record),
                "msg": str(template),
                "args": None,
                "exc_info": None,
                "logger": record.name,
            }
        )
        vars(said).pop(FACTS, None)
        return super().format(said)


def _error_of(record: logging.LogRecord) -> dict[str, str]:
    error = record.exc_info[1] if record.exc_info else None
    return {"error": causes_of(error), "exception": outline(error)} if error else {}


@cache
def logger(level: str) -> Logger:
    """Puts the events of this project through Powertools, once per process."""
    formatter = EventFormatter(utc=True)
    for handler in logging.getLogger().handlers:
        if type(handler).__module__.startswith(_RUNTIME):  # Lambda's own, for other libraries
            handler.setFormatter(formatter)
    return Logger(service=SERVICE, level=level.upper(), logger_formatter=formatter)
