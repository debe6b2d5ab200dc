"""What a block logs, traces and counts, as an operator's systems would receive it."""

import io
import json
import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    HistogramDataPoint,
    InMemoryMetricReader,
    NumberDataPoint,
)
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

from assetql.telemetry.logs import OURS, configure

Key = tuple[str, tuple[tuple[str, object], ...]]


class Logs:
    """What was written to standard error where it is no terminal."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def named(self, event: str) -> list[dict[str, Any]]:
        return [each for each in self.events if each["event"] == event]


@contextmanager
def logged(level: str = "debug") -> Generator[Logs]:
    """The logs of the block, and the loggers as they were afterwards."""
    loggers = [logging.getLogger(name) for name in (None, *OURS)]
    before = [(logger.level, list(logger.handlers)) for logger in loggers]
    logs = Logs()
    configure(level, stream=logs.stream)
    try:
        yield logs
    finally:
        for logger, (old_level, handlers) in zip(loggers, before, strict=True):
            logger.setLevel(old_level)
            logger.handlers[:] = handlers


class _Collector(SpanExporter):
    """Keeps spans for who collects them now."""

    def __init__(self) -> None:
        self.into: list[ReadableSpan] | None = None

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if self.into is not None:
            self.into.extend(spans)
        return SpanExportResult.SUCCESS


@cache
def _collector() -> _Collector:
    """A process's provider can be set only once."""
    collector = _Collector()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(collector))
    trace.set_tracer_provider(provider)
    return collector


@contextmanager
def spans_collected() -> Generator[list[ReadableSpan]]:
    """The spans that end in the block, in the order in which they end."""
    collector = _collector()
    collector.into = []
    try:
        yield collector.into
    finally:
        collector.into = None


def parent_of(span: ReadableSpan, spans: Sequence[ReadableSpan]) -> ReadableSpan | None:
    """The span that `span` was started in, of those that were collected."""
    parent = span.parent.span_id if span.parent else None
    found = [each for each in spans if each.context and each.context.span_id == parent]
    return found[0] if found else None


@cache
def _reader() -> InMemoryMetricReader:
    reader = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider(metric_readers=[reader]))
    return reader


def measured() -> dict[Key, float]:
    """Sums, gauges and histograms' counts so far, by name and attributes."""
    data = _reader().get_metrics_data()
    found: dict[Key, float] = {}
    for resource in data.resource_metrics if data else ():
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    key = (metric.name, tuple(sorted((point.attributes or {}).items())))
                    histogram = isinstance(point, HistogramDataPoint)
                    found[key] = point.count if histogram else cast("NumberDataPoint", point).value
    return found


def grown(before: dict[Key, float], name: str, **attributes: object) -> float:
    """How much a metric has grown since `before`."""
    key = (name, tuple(sorted(attributes.items())))
    return measured().get(key, 0) - before.get(key, 0)
