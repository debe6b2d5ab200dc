"""What schemathesis is told in its own process: what to leave, which refusals have reasons."""

import json
import os
import re
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any
from zlib import crc32

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.generation.meta import TestPhase

KEPT = "ASSETQL_TEST_KEPT"  # in the environment: ids that nothing may delete, as JSON
_KEPT = frozenset[str](json.loads(os.environ.get(KEPT, "[]")))
_IMAGE = Path(__file__).parents[2] / "examples" / "styles" / "noto" / "bacon.png"
_KEY = "Idempotency-Key"
_MADE = count(1)

# Refusals of what the schema allows, by what they say: rules that no schema can state.
_CURSOR = "cursor .* is not one of this (list|search)"  # one that was given out for it
_FILE = "can't be used|asset list|is empty"  # a file is what it says
_FIT = "at most [0-9,]+ fit"  # in all the parts of the messages together
# The generator takes a few characters for \p{M} that Unicode has not assigned.
_UNASSIGNED = r"should match pattern '\^\[\\p\{L\}"
BEYOND_SCHEMAS: Mapping[str, str] = {
    "listBatches": _CURSOR,
    "listStyles": _CURSOR,
    "listTasks": _CURSOR,
    "listAssets": _CURSOR,
    "searchAssets": _CURSOR,
    "similarAssets": _CURSOR,
    "uploadFile": _FILE,
    "importBatch": _FILE,
    "completeUpload": f"{_FILE}|bytes were sent of",
    "editTags": f"{_UNASSIGNED}|in one edit",  # 20 on both sides together, each on one
    "learnStyle": _UNASSIGNED,
    "createKey": _UNASSIGNED,
    "createRun": _FIT,
    "waitForRun": _FIT,
    "createStatelessRun": _FIT,
    "waitForStatelessRun": _FIT,
    "invoke": _FIT,
}


@schemathesis.hook
def map_body(context: HookContext, body: Any) -> Any:
    """Half of the files are images."""
    file = body.get("file") if isinstance(body, dict) else None
    if isinstance(file, str | bytes) and len(file) % 2:
        body["file"] = _IMAGE.read_bytes()
    return body


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """What all is asked with, or about, is not deleted; a key stands for one request.

    In chains every request that changes something has a key, and so one answer: the generator
    goes back to beginnings of chains, and gives up where they come out otherwise.
    """
    del context, kwargs
    if case.method == "DELETE":
        *_, name = ["", *re.findall(r"{(\w+)}", case.operation.path)]
        value = case.path_parameters.get(name)
        if value in _KEPT:
            case.path_parameters[name] = value[:-1] + ("b" if value[-1] == "a" else "a")
    key = case.headers.get(_KEY, "chained" if _in_chain(case) else "")
    if re.fullmatch("[!-~]{1,200}", key):
        case.headers[_KEY] = f"{_digest(case)}-{key}"


def _in_chain(case: Case[Any]) -> bool:
    chained = case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL
    return chained and case.method != "GET"


def _digest(case: Case[Any]) -> str:
    if _operation_id(case) == "createKey":  # no repeat of it is answered
        return str(next(_MADE))
    asked = repr((case.operation.label, case.path_parameters, case.body))
    return f"{crc32(asked.encode(errors='replace')):x}"


def _operation_id(case: Case[Any]) -> str:
    return case.operation.definition.raw["operationId"]


@schemathesis.hook
def filter_failure(
    context: HookContext, failure: Failure, case: Case[Any], response: Response
) -> bool:
    """Whether it counts."""
    del context
    reason = BEYOND_SCHEMAS.get(_operation_id(case))
    if reason is None or failure.code != "ST202":
        return True
    return not (response.status_code == 422 and re.search(reason, response.json()["detail"]))
