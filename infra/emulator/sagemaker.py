"""A stand-in for SageMaker's runtime, in front of the same server contract that its containers run.

It knows the endpoints whose name has `stand-in` in it; all of them make placeholder images.
`PUT /endpoints/{name}/script` directs it.
"""

import asyncio
import json
from functools import cache
from uuid import uuid4

from inference.backends import ImageBackend, load_backend
from inference.server import Answer as ContainerAnswer
from inference.server import invoke
from infra.emulator.async_inference import Job, work
from infra.emulator.http import (
    Channel,
    Reply,
    Request,
    Scope,
    read_request,
    refused,
    send_reply,
    stage_reply,
)
from infra.emulator.scripts import Answer, Stage

NAME = "stand-in"
_MOST_BYTES = 6_291_456  # of a request and of an answer
_LONGEST = 60.0  # seconds
_INPUT = "x-amzn-sagemaker-inputlocation"
_ERRORS = {
    "InternalDependencyException": 530,
    "InternalFailure": 500,
    "ModelNotReadyException": 429,
    "ServiceUnavailable": 503,
    "ThrottlingException": 400,
    "ValidationError": 400,
}
_LOG = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/Endpoints/"
_STAGE = Stage()
_WORKING: set[asyncio.Task[None]] = set()


async def application(scope: Scope, receive: Channel, send: Channel) -> None:
    """The ASGI application for `/endpoints/…`."""
    request = await read_request(scope, receive)
    await send_reply(send, stage_reply(_STAGE, request) or await _invoked(request))


async def _invoked(request: Request) -> Reply:
    if NAME not in request.name:
        return refused("ValidationError", 400, f"Endpoint {request.name} not found.")
    script, answer = _STAGE.next_answer(request.name, request.body)
    await asyncio.sleep(script.first_token_ms / 1000)
    if answer.error:
        return refused(answer.error, _ERRORS[answer.error], answer.message)
    if request.action == "async-invocations":
        return _accepted(request, answer)
    if request.action != "invocations":
        return refused("UnknownOperationException", 404, f"No {request.action!r} here.")
    if len(request.body) > _MOST_BYTES:
        return refused("ValidationError", 413, f"The body exceeds {_MOST_BYTES} bytes.")
    return await _real_time(request, answer)


async def _real_time(request: Request, answer: Answer) -> Reply:
    try:
        async with asyncio.timeout(_LONGEST):
            status, body = await asyncio.to_thread(_container, request.body, answer)
    except TimeoutError:
        return _model_error(request, 0, "Your invocation timed out while waiting for a response.")
    if status != 200:
        return _model_error(request, status, body.decode())
    if len(body) > _MOST_BYTES:
        return _model_error(request, 500, f"The answer exceeds {_MOST_BYTES} bytes.")
    headers = {"content-type": "application/json", "x-amzn-invoked-production-variant": NAME}
    return Reply(200, body, headers)


def _model_error(request: Request, status: int, said: str) -> Reply:
    return refused(
        "ModelError",
        424,
        complaint(status, said),
        OriginalStatusCode=status,
        OriginalMessage=said,
        LogStreamArn=_LOG + request.name,
    )


def complaint(status: int, said: str) -> str:
    """What SageMaker says when the container did not answer with 200."""
    side = "client" if 400 <= status < 500 else "server"
    return f'Received {side} error ({status}) from primary with message "{said}".'


def _accepted(request: Request, answer: Answer) -> Reply:
    """202, and the work is done later, as often as the script says."""
    source = request.headers.get(_INPUT)
    if not source:
        return refused("ValidationError", 400, "Provide exactly one of Body and InputLocation.")
    number = request.headers.get("x-amzn-sagemaker-inference-id") or str(uuid4())
    bucket = source.removeprefix("s3://").partition("/")[0]
    job = Job(
        endpoint=f"http://127.0.0.1:{request.port}",
        source=source,
        output=f"s3://{bucket}/async/output/{uuid4()}.out",
        failure=f"s3://{bucket}/async/failure/{uuid4()}-error.out",
    )
    for _ in range(0 if answer.lost else answer.copies):
        task = asyncio.create_task(_later(job, answer))
        _WORKING.add(task)
        task.add_done_callback(_WORKING.discard)
    headers = {
        "content-type": "application/json",
        "x-amzn-sagemaker-outputlocation": job.output,
        "x-amzn-sagemaker-failurelocation": job.failure,
    }
    return Reply(202, json.dumps({"InferenceId": number}).encode(), headers)


async def _later(job: Job, answer: Answer) -> None:
    def container(body: bytes) -> tuple[bytes | None, str]:
        status, said = _container(body, answer)
        return (said, "") if status == 200 else (None, complaint(status, said.decode()))

    await asyncio.to_thread(work, job, container)


def _container(body: bytes, answer: Answer) -> tuple[int, bytes]:
    """Status and body of the model server's answer, or of the script's."""
    if answer.status is not None:
        return answer.status, answer.message.encode()
    made: ContainerAnswer = invoke(_backend(), body)
    return int(made.status), made.body


@cache
def _backend() -> ImageBackend:
    return load_backend("placeholder")
