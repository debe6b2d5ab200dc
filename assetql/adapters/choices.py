"""What a family says to a setting that it has nothing for."""

from collections.abc import Sequence

from assetql.domain.errors import InvalidInput


def no_choice(variable: str, value: str, choices: Sequence[str]) -> InvalidInput:
    """The error for a value that this family does not know."""
    return InvalidInput(
        f"{variable}={value!r} names nothing that there is.",
        remedy=f"Set it to {' or '.join(choices)}.",
    )


def of_aws(variable: str, value: str, choices: Sequence[str]) -> InvalidInput:
    """The error for a value that needs AWS, in a family that has none."""
    return InvalidInput(
        f"{variable}={value!r} belongs to the AWS family, which is not the one in use.",
        remedy=f"Set ASSETQL_ADAPTERS=assetql.adapters.aws, or {variable} to"
        f" {' or '.join(choices)}.",
    )
