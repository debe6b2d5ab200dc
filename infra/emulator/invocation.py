"""One event at a time goes to a handler, in the shape and with the context that Lambda gives it."""

import json
import logging
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import uuid4

from infra.triggers import Trigger

ACCOUNT = "000000000000"  # the emulator's
Event = Mapping[str, Any]
Handler = Callable[[Event, object], object]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Context:
    """What Lambda tells a handler about its invocation."""

    function_name: str
    invoked_function_arn: str
    deadline: float  # of time.monotonic()
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 1_024
    log_stream_name: str = "emulator"

    @property
    def log_group_name(self) -> str:
        """`/aws/lambda/asset_tagger`."""
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Until the handler would be cut off; here it is not."""
        return max(0, round((self.deadline - time.monotonic()) * 1_000))


class Environment:
    """Where handlers run: one event at a time, as in an execution environment of Lambda."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._turn = threading.Lock()

    def close(self) -> None:
        """Returns when the event in hand is done; no other is begun."""
        self._turn.acquire()  # for good

    def invoke(self, trigger: Trigger, event: Event) -> Event:
        """What the handler answers, as JSON carries it; whatever it raises is raised."""
        carried = json.loads(json.dumps(event, default=_plain))
        with self._turn:
            handler: Handler = import_module(trigger.handler).handler
            answer = handler(carried, self._context(trigger))
        return json.loads(json.dumps(answer)) or {}

    def failed(self, trigger: Trigger, event: Event, ids: Iterable[str]) -> set[str]:
        """Which of the records the handler did not get done: all of them, where it raised."""
        every = set(ids)
        try:
            answer = self.invoke(trigger, event)
        except Exception as error:  # noqa: BLE001 — whatever a handler raises, Lambda lives on
            what = f"{type(error).__name__}: {error}"  # the handler's own log knows where
            _LOG.warning("%s failed on %d records: %s", trigger.name, len(every), what)
            return every
        failures = answer.get("batchItemFailures") or []
        failed = {str(failure.get("itemIdentifier") or "") for failure in failures}
        return every if failed - every else failed  # as Lambda takes an id that it did not send

    def _context(self, trigger: Trigger) -> Context:
        return Context(
            function_name=trigger.name,
            invoked_function_arn=f"arn:aws:lambda:{self._region}:{ACCOUNT}:function:{trigger.name}",
            deadline=time.monotonic() + trigger.timeout,
        )


def _plain(value: object) -> object:
    """What boto3 parsed, as Lambda's events carry it."""
    match value:
        case datetime():
            return value.timestamp()
        case bytes():
            return b64encode(value).decode()
        case _:
            raise TypeError(f"Events don't carry {type(value).__name__}.")
