"""What every handler does alike: nothing at import, discreet logs, and errors without content."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assetql.lambdas import runtime
from assetql.lambdas.runtime import HandlerFailed, Misconfigured
from assetql.services import Services
from infra.triggers import HANDLERS
from tests.integration.lambdas.conftest import Configure
from tests.integration.lambdas.events import Event, call_event, event, object_event, request_event
from tests.integration.lambdas.invoking import invoke
from tests.support.homes import OWNER
from tests.support.studios import upload

NEVER = ("agent", "gradio", "integrations", "langchain", "langgraph", "sqlite3", "torch")
SECRET = "secret of the studio"
_LOOK = (
    "import json, sys; names = {name.split('.')[0] for name in sys.modules};"
    " print(json.dumps(sorted(names)))"
)


def test_no_handler_imports_the_conversation() -> None:
    imports = "".join(f"import assetql.lambdas.{name}; " for name in HANDLERS)
    # The family is what a handler loads at its first event.
    code = f"{imports}import assetql.adapters.aws.family; {_LOOK}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(json.loads(done.stdout)) & set(NEVER)


def test_every_handler_is_fed_or_called() -> None:
    files = Path(runtime.__file__).parent.glob("*.py")
    assert sorted(f.stem for f in files if "\ndef handler(" in f.read_text()) == list(HANDLERS)


def test_a_handler_is_imported_without_settings_and_says_what_is_wrong_with_them(
    configure: Configure,
) -> None:
    with pytest.raises(Misconfigured, match="ASSETQL_IMAGE_BACKEND='crayons'"):
        configure(image_backend="crayons")
    with pytest.raises(Misconfigured, match="sagemaker:ENDPOINT"):
        invoke("reconciler", event("schedule"))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("asset_tagger", {"Records": [{"s3": {"object": {"name": SECRET}}}]}),
        ("batch_creator", {"body": SECRET}),
        ("dead_letters", {"Records": [SECRET]}),
    ],
)
def test_an_event_of_no_shape_is_told_without_its_content(
    services: Services, name: str, told: Event, capsys: pytest.CaptureFixture[str]
) -> None:
    del services
    with pytest.raises(HandlerFailed) as failed:
        invoke(name, told)
    assert failed.value.__suppress_context__
    said = capsys.readouterr()
    assert SECRET not in str(failed.value) + said.out + said.err


def test_what_people_wrote_is_not_logged(
    configure: Configure, capsys: pytest.CaptureFixture[str]
) -> None:
    services = configure(log_level="DEBUG")
    listed = upload(services, OWNER, "list.csv", f"name\n{SECRET}\n".encode())
    invoke("batch_creator", request_event({"upload": listed, "name": SECRET}))
    invoke("exporter", call_event({"batch": SECRET, "presets": ["raw"], "key": SECRET}))
    invoke("asset_tagger", object_event(f"raw/{SECRET}"))
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
