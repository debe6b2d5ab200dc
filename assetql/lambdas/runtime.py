"""What the handlers share: services once per process, logs, traces, metrics and errors."""

from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Tracer
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from assetql.domain.errors import AssetQLError
from assetql.lambdas.logs import SERVICE, logger
from assetql.services import Services, open_services
from assetql.settings import Settings
from assetql.telemetry.events import EventLog
from assetql.telemetry.failure import causes_of

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

Event = dict[str, Any]
Handler = Callable[[Event, "LambdaContext"], Any]

_EVENTS = EventLog(__name__)
_TRACER = Tracer(service=SERVICE, patch_modules=("botocore",))  # does nothing outside of Lambda
_NAMESPACE = "AssetQL"


class HandlerFailed(Exception):
    """What Lambda is told of an error, and writes down: its kinds, without what they quote."""


class Misconfigured(HandlerFailed):
    """The services can't be opened: which setting is wrong, and what to set instead."""


@cache
def settings() -> Settings:
    """Read at the first event."""
    return Settings()


@cache
def services() -> Services:
    """Opened at the first event and kept for those that the process gets after it.

    Raises: Misconfigured.
    """
    try:
        return open_services(settings())
    except AssetQLError as error:
        raise Misconfigured(str(error)) from None


def observed(handler: Handler) -> Handler:
    """The handler with logs, a trace, and errors that Lambda may write down."""

    @wraps(handler)
    def guarded(event: Event, context: "LambdaContext") -> Any:
        try:
            return handler(event, context)
        except Misconfigured:
            raise
        except Exception as error:  # noqa: BLE001 — Lambda would write its message down
            tell("handler", error)
            raise HandlerFailed(causes_of(error)) from None

    traced = _TRACER.capture_lambda_handler(guarded, capture_response=False)

    @wraps(handler)
    def logged(event: Event, context: "LambdaContext") -> Any:
        return logger(settings().log_level).inject_lambda_context(traced)(event, context)

    return logged


def tell(what: str, error: Exception) -> None:
    """The error as an event: a warning where it was foreseen, else a crash with its places."""
    if isinstance(error, AssetQLError):
        _EVENTS.warning(f"{what}.failed", error)
    else:
        _EVENTS.crash(f"{what}.crashed", error)


def measure(*metrics: tuple[str, float, MetricUnit], **dimensions: str) -> None:
    """One line in CloudWatch's embedded format; safe to call from any thread."""
    line = EphemeralMetrics(namespace=_NAMESPACE, service=SERVICE)
    for dimension, of in dimensions.items():
        line.add_dimension(dimension, of)
    for name, value, unit in metrics:
        line.add_metric(name=name, unit=unit, value=value)
    line.flush_metrics()
