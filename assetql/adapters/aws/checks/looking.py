"""One look at something on AWS, and how what stands in the way is told."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from assetql.adapters.aws.errors import CREDENTIALS_REFUSED, aws_faults, error_code
from assetql.domain.errors import Unavailable
from assetql.domain.finding import Finding

AWS = "AWS"
# Signatures are refused when the clocks are five minutes apart.
_SKEW = timedelta(minutes=4)
_DATE = 29  # characters of an HTTP date
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
_CONNECTION = (
    "Check the network, ASSETQL_AWS_ENDPOINT, the name of the region in ASSETQL_AWS_REGION, and"
    " AWS_PROFILE."
)


def look(what: str, ask: Callable[[], Finding]) -> Finding:
    """What `ask` found, or what AWS refused; what ails all of AWS is not told of `what`."""
    try:
        with aws_faults(what):
            return ask()
    except Unavailable as fault:
        cause = fault.__cause__
        if isinstance(cause, ClientError):
            return _refusal(what, fault, cause)
        said = fault.message.removeprefix(what).strip(": ")
        general = isinstance(cause, BotoCoreError)
        return Finding(AWS if general else what, "wrong", said, fault.remedy or _CONNECTION)
    except ValueError as error:  # botocore's, for an address that is none
        return Finding(AWS, "wrong", f"{error}.", "Correct ASSETQL_AWS_ENDPOINT, or unset it.")


def _refusal(what: str, fault: Unavailable, refusal: ClientError) -> Finding:
    off = skew(refusal.response)
    if abs(off) > _SKEW:
        return clock_finding(off)
    code = error_code(refusal)
    said = fault.message.removeprefix(what).strip(": ")
    if code in _DENIED:
        operation = refusal.operation_name
        return Finding(
            what,
            "note",
            f"can't be looked at: the credentials may not {operation}",
            f"Allow {operation} on it, or see for yourself that it is there.",
        )
    general = code in CREDENTIALS_REFUSED
    return Finding(AWS if general else what, "wrong", said, fault.remedy or _CONNECTION)


def skew(answer: Mapping[str, Any]) -> timedelta:
    """How far this machine's clock is before AWS's, by the date of an answer."""
    date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    if not date:
        return timedelta(0)
    return datetime.now(UTC) - parsedate_to_datetime(date[:_DATE])


def clock_finding(off: timedelta) -> Finding:
    """For a clock that is too far from AWS's."""
    minutes = round(off / timedelta(minutes=1))
    late = f"{minutes} minutes fast" if minutes > 0 else f"{-minutes} minutes slow"
    return Finding(
        "Clock", "wrong", f"{late}: AWS refuses what is signed with it", "Set it, or run NTP."
    )
