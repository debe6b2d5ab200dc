"""Whether the models that the settings name may be used."""

from typing import Any

from botocore.exceptions import ClientError

from assetql.adapters.aws.checks.looking import look
from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.converse import bedrock_faults
from assetql.adapters.aws.errors import error_code
from assetql.domain.errors import ModelUnavailable
from assetql.domain.finding import Finding
from assetql.settings import Settings

_OF_BEDROCK = {"bedrock", "bedrock_converse"}
_OF_SAGEMAKER = {"sagemaker", "sagemaker-async"}
_BUSY = {"ThrottlingException", "ServiceUnavailableException", "ModelNotReadyException"}
_CHECK_ENDPOINT = "Check ASSETQL_IMAGE_BACKEND and ASSETQL_AWS_REGION."


def models_of(settings: Settings) -> dict[str, str]:
    """The models on Bedrock that are named, and the variable that names each."""
    chosen = {
        "ASSETQL_CHAT_MODEL": settings.chat_model,
        "ASSETQL_TAGGER": settings.tagger,
        "ASSETQL_PROMPT_OPTIMISER": settings.prompt_optimiser,
    }
    split = {variable: value.partition(":") for variable, value in chosen.items()}
    return {model: name for name, (kind, _, model) in split.items() if kind in _OF_BEDROCK}


def endpoint_of(settings: Settings) -> str | None:
    """The endpoint on SageMaker that is named."""
    kind, _, name = settings.image_backend.partition(":")
    return name if kind in _OF_SAGEMAKER else None


def model(clients: Clients, name: str, choice: str) -> Finding:
    """Asks for one token, which costs next to nothing: there is no other way to know."""
    what = f"Model {name}"

    def ask() -> Finding:
        try:
            with bedrock_faults(name, choice=choice):
                clients.bedrock.converse(
                    modelId=name,
                    messages=[{"role": "user", "content": [{"text": "Hi"}]}],
                    inferenceConfig={"maxTokens": 1},
                )
        except ModelUnavailable as fault:
            cause = fault.__cause__
            busy = isinstance(cause, ClientError) and error_code(cause) in _BUSY
            return Finding(what, "note" if busy else "wrong", fault.message, fault.remedy)
        return Finding(what, "ok", f"answers in {clients.bedrock.meta.region_name}")

    return look(what, ask)


def endpoint(clients: Clients, name: str) -> Finding:
    """Its state. An image would be charged, so whether it draws is left for the first task."""
    what = f"Endpoint {name}"
    if clients.endpoint:
        return Finding(what, "note", "can't be looked at: the emulator describes no endpoints")

    def ask() -> Finding:
        client: Any = clients.client("sagemaker")
        try:
            described = client.describe_endpoint(EndpointName=name)
        except ClientError as refusal:
            if error_code(refusal) != "ValidationException":
                raise
            found = f"does not exist in {client.meta.region_name}"
            return Finding(what, "wrong", found, _CHECK_ENDPOINT)
        status = described["EndpointStatus"]
        if status == "InService":
            return Finding(what, "ok", "in service")
        return Finding(what, "wrong", f"is {status}", "Wait until it is InService, or redeploy it.")

    return look(what, ask)
