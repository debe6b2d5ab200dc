import subprocess
import sys

import pytest

from assetql.domain.errors import InvalidInput
from assetql.telemetry.providers import check

_RUN = """
from assetql.telemetry import providers
from assetql.telemetry.metrics import count_batch_closed
from assetql.telemetry.tracing import span
providers.start(traces="console", measurements="console")
providers.start(traces="console", measurements="console")
with span("generate"):
    count_batch_closed()
"""


def test_the_console_is_standard_error_and_is_flushed_at_the_end() -> None:
    done = subprocess.run([sys.executable, "-c", _RUN], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert done.stderr.count('"name": "generate"') == 1
    assert "assetql.batches.closed" in done.stderr
    assert '"service.name": "assetql"' in done.stderr


@pytest.mark.parametrize("names", ["none", "console", "Console, none"])
def test_known_exporters_are_accepted(names: str) -> None:
    check(traces=names, measurements=names)


def test_an_exporter_that_is_not_there_is_named_with_the_remedy() -> None:
    with pytest.raises(InvalidInput) as caught:
        check(traces="console", measurements="console, zipkin")
    assert str(caught.value).startswith("No exporter 'zipkin' for metrics")
    assert "OTEL_METRICS_EXPORTER" in caught.value.remedy


def test_a_process_that_is_not_traced_loads_neither_structlog_nor_opentelemetry() -> None:
    code = (
        "import sys, assetql.worker, assetql.adapters.local.family;"
        "print([n for n in ('structlog', 'opentelemetry') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
