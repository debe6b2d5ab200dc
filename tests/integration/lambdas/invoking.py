"""Calling a handler as Lambda does."""

import json
import time
from importlib import import_module
from typing import Any

from infra.emulator.invocation import Context
from tests.integration.lambdas.events import Event

MINUTES = 15 * 60


def invoke(name: str, event: Event, *, seconds: float = MINUTES) -> Any:
    """What the handler answers, as JSON carries it; `seconds` are left to it."""
    handler = import_module(f"assetql.lambdas.{name}").handler
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    context = Context(
        function_name=name, invoked_function_arn=arn, deadline=time.monotonic() + seconds
    )
    return json.loads(json.dumps(handler(json.loads(json.dumps(event)), context)))
