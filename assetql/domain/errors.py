"""The error tree. Each door maps it once; a message names the value and the remedy.

AssetQLError
├── InvalidInput            the caller can correct it: bad value, bad file, bad combination
│   └── RowsRefused         a CSV had rows that were refused (carries them)
├── Unauthenticated         nobody knows who is asking
├── NotFound                unknown, or another workspace's: the two answer alike
├── Forbidden               the caller's roles don't allow the action
├── Conflict                the state moved on: nothing was changed
│   ├── StaleClaim          the lease or fencing token is no longer the caller's
│   └── ThreadBusy          another turn holds the thread
├── RateLimited             too many requests: worth a retry later (carries when)
├── BudgetExceeded          the reservation does not fit the workspace's budget
├── ApprovalNeeded          the action waits for a person's answer
└── Unavailable             a fault of the infrastructure: worth a retry
    ├── StoreUnavailable
    └── ModelUnavailable
"""

from collections.abc import Sequence
from difflib import get_close_matches


class AssetQLError(Exception):
    """Root of every error that AssetQL raises on purpose.

    `remedy` says what to do about it; `str(error)` holds both.
    """

    code = "error"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(f"{message} {remedy}".strip())


class InvalidInput(AssetQLError):
    """A value that the caller gave can't be used."""

    code = "invalid_input"


class Unauthenticated(AssetQLError):
    """Who is asking could not be told: no credentials, or none that hold."""

    code = "unauthenticated"


class NotFound(AssetQLError):
    """No such thing in the caller's workspace."""

    code = "not_found"

    def __init__(self, kind: str, key: str, *, remedy: str = "") -> None:
        self.kind = kind
        self.key = key
        super().__init__(f"No {kind} {key!r}.", remedy=remedy)


class Forbidden(AssetQLError):
    """The caller's roles don't allow it."""

    code = "forbidden"


class Conflict(AssetQLError):
    """The state moved on before this write; nothing was changed."""

    code = "conflict"


class StaleClaim(Conflict):
    """The lease ended or its fencing token was superseded."""

    code = "stale_claim"


class ThreadBusy(Conflict):
    """Another turn holds the thread."""

    code = "thread_busy"


class RateLimited(AssetQLError):
    """The caller asks too often; `retry_after` says in how many seconds to come back."""

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after: int, remedy: str = "") -> None:
        self.retry_after = retry_after
        super().__init__(message, remedy=remedy)


class BudgetExceeded(AssetQLError):
    """Reserving this would take reserved + spent above the budget."""

    code = "budget_exceeded"


class ApprovalNeeded(AssetQLError):
    """A person has to approve it first."""

    code = "approval_needed"


class Unavailable(AssetQLError):
    """The infrastructure failed; the same call may succeed later."""

    code = "unavailable"


class StoreUnavailable(Unavailable):
    """A table, queue or object store did not answer."""

    code = "store_unavailable"


class ModelUnavailable(Unavailable):
    """A model endpoint did not answer, or answered with a fault."""

    code = "model_unavailable"


def unknown_choice(kind: str, value: str, choices: Sequence[str]) -> InvalidInput:
    """The error for a value outside a closed list, with the nearest choice named."""
    near = get_close_matches(value.casefold(), choices, n=1, cutoff=0.6)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    return InvalidInput(
        f"No {kind} {value!r}.", remedy=f"{hint}{kind.capitalize()}s: {', '.join(choices)}."
    )


def not_unicode(why: Exception) -> InvalidInput:
    """The error for text with half a surrogate pair, such as JSON and command lines can hold."""
    return InvalidInput(f"A text that is no Unicode: {why}.", remedy="Send it as UTF-8.")
