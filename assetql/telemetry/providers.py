"""Where spans and metrics go: OpenTelemetry's SDK, set up once for a process that asks for it."""

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from opentelemetry import metrics, trace

from assetql.domain.errors import InvalidInput

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource

_ALIASES = {"otlp": ("otlp", "otlp_proto_http", "otlp_proto_grpc")}
_UNNAMED = "unknown_service"


def start(*, traces: str, measurements: str) -> None:
    """Sets the providers that the process has not got yet.

    The names of exporters are those of OTEL_TRACES_EXPORTER and OTEL_METRICS_EXPORTER.
    Raises: InvalidInput where the SDK or an exporter is missing.
    """
    span_exporters = list(_exporters("traces", traces))
    metric_exporters = list(_exporters("metrics", measurements))
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        _set_tracer_provider(span_exporters)
    # The API tells a provider that was set from its own placeholder by this class alone.
    if type(metrics.get_meter_provider()).__name__ == "_ProxyMeterProvider":
        _set_meter_provider(metric_exporters)


def check(*, traces: str, measurements: str) -> None:
    """Raises: InvalidInput where `start` would."""
    list(_exporters("traces", traces))
    list(_exporters("metrics", measurements))


def _set_tracer_provider(exporters: list[Any]) -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=_resource())
    for exporter in exporters:
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


def _set_meter_provider(exporters: list[Any]) -> None:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    readers = [PeriodicExportingMetricReader(exporter) for exporter in exporters]
    metrics.set_meter_provider(MeterProvider(metric_readers=readers, resource=_resource()))


def _resource() -> "Resource":
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource

    found = Resource.create()
    if str(found.attributes[SERVICE_NAME]).startswith(_UNNAMED):
        return found.merge(Resource({SERVICE_NAME: "assetql"}))
    return found


def _exporters(signal: str, names: str) -> Iterator[Any]:
    console = _console_exporters()
    for name in (part.strip().casefold() for part in names.split(",")):
        if name == "console":
            yield console[signal]()
        elif name != "none":
            yield _load(signal, name)


def _console_exporters() -> dict[str, Callable[[], Any]]:
    try:
        from opentelemetry.sdk.metrics.export import ConsoleMetricExporter
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter
    except ImportError as error:
        raise InvalidInput(
            "ASSETQL_TRACING is on, but OpenTelemetry's SDK is not installed.",
            remedy="pip install 'assetql[otel]', or unset ASSETQL_TRACING.",
        ) from error
    # Standard output belongs to the commands' documents.
    return {
        "traces": lambda: ConsoleSpanExporter(
            out=sys.stderr, formatter=lambda span: f"{span.to_json(indent=None)}\n"
        ),
        "metrics": lambda: ConsoleMetricExporter(
            out=sys.stderr, formatter=lambda data: f"{data.to_json(indent=None)}\n"
        ),
    }


def _load(signal: str, name: str) -> Any:
    for alias in _ALIASES.get(name, (name,)):
        for entry in entry_points(group=f"opentelemetry_{signal}_exporter", name=alias):
            return entry.load()()
    raise InvalidInput(
        f"No exporter {name!r} for {signal} is installed.",
        remedy="pip install opentelemetry-exporter-otlp for 'otlp', or set "
        f"OTEL_{signal.upper()}_EXPORTER to console or none.",
    )
