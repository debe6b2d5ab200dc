"""What Bedrock and SageMaker refuse, as the project's own errors with what to do about it."""

from collections.abc import Generator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from assetql.adapters.aws.errors import aws_faults, error_code
from assetql.domain.errors import ModelUnavailable

_WRONG = {"ValidationException", "ValidationError", "ResourceNotFoundException"}
_DENIED = {"AccessDeniedException", "AccessDenied"}
_BUSY = {
    "InternalDependencyException",
    "InternalFailure",
    "InternalServerException",
    "ModelErrorException",
    "ModelNotReadyException",
    "ModelStreamErrorException",
    "ModelTimeoutException",
    "ServiceQuotaExceededException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "ThrottlingException",
    "TooManyRequestsException",
}


@contextmanager
def model_faults(model: str, *, access: str, choice: str) -> Generator[None]:
    """Whatever AWS refuses inside the block is raised as ModelUnavailable, and names `model`.

    `access` says how to get it, `choice` which setting chose it.
    """
    with aws_faults(model, kind=ModelUnavailable):
        try:
            yield
        except ClientError as refusal:
            explained = _explained(model, refusal, access, choice)
            if explained is None:
                raise
            raise explained from refusal


def _explained(
    model: str, refusal: ClientError, access: str, choice: str
) -> ModelUnavailable | None:
    code = error_code(refusal)
    code = code[:1].upper() + code[1:]  # inside a stream they begin with a small letter
    if code in _DENIED:
        return ModelUnavailable(f"{model}: this account may not use it ({code}).", remedy=access)
    if code in _WRONG:
        said = refusal.response.get("Error", {}).get("Message", "")
        return ModelUnavailable(
            f"{model} refused the request: {said}",
            remedy=f"Check {choice} and ASSETQL_AWS_REGION.",
        )
    if code in _BUSY:
        return ModelUnavailable(f"{model} is busy or out of order ({code}).", remedy="Try again.")
    return None
