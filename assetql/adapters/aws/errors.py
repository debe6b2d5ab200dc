"""The errors of AWS as the project's own: mapped once, here."""

from collections.abc import Generator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)

from assetql.domain.errors import InvalidInput, StoreUnavailable, Unavailable

_MISSING = {
    "ResourceNotFoundException",
    "NoSuchBucket",
    "QueueDoesNotExist",
    "AWS.SimpleQueueService.NonExistentQueue",
}
CREDENTIALS_REFUSED = {
    "403",  # an answer to HEAD has no body that could say why
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}


@contextmanager
def aws_faults(what: str, *, kind: type[Unavailable] = StoreUnavailable) -> Generator[None]:
    """Whatever AWS refuses inside the block is raised as `kind`, and names `what` was called.

    Conditions that fail are not faults: whoever writes a condition catches its own refusal.
    """
    try:
        yield
    except ClientError as error:
        raise _of_answer(what, error, kind) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise kind(
            f"{what}: there are no AWS credentials.",
            remedy="Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        ) from error
    except NoRegionError as error:
        raise kind(
            f"{what}: no AWS region is set.", remedy="Set ASSETQL_AWS_REGION, such as eu-central-1."
        ) from error
    except BotoCoreError as error:
        raise kind(f"{what} did not answer ({type(error).__name__}: {error}).") from error
    except UnicodeEncodeError as error:
        raise InvalidInput(f"A key that is no Unicode: {error}.", remedy="Send UTF-8.") from error


def error_code(error: ClientError) -> str:
    """The service's own name of the error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _of_answer(what: str, error: ClientError, kind: type[Unavailable]) -> Unavailable:
    code = error_code(error)
    if code in _MISSING:
        return kind(
            f"{what} does not exist in this account and region.",
            remedy="Check ASSETQL_AWS_PREFIX, ASSETQL_AWS_BUCKET and ASSETQL_AWS_REGION;"
            " `assetql doctor` looks at each.",
        )
    if code in CREDENTIALS_REFUSED:
        return kind(
            f"{what}: AWS refused the credentials ({code}).",
            remedy="Renew them, or give their role access; `assetql doctor` says to what.",
        )
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "?")
    return kind(f"{what} did not answer ({status} {code}).")
