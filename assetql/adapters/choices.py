"""What a family says to a setting that it has nothing for."""

from collections.abc import Sequence

from assetql.domain.errors import InvalidInput

_OF_AWS = ("bedrock:", "sagemaker:", "sagemaker-async:")


def no_choice(variable: str, value: str, choices: Sequence[str]) -> InvalidInput:
    """The error for a value that this family does not know; choices of AWS are told apart."""
    given, known = f"{variable}={value!r}", " or ".join(choices)
    if value.startswith(_OF_AWS):
        return InvalidInput(
            f"{given} belongs to the AWS family, which is not the one in use.",
            remedy=f"Set ASSETQL_ADAPTERS=assetql.adapters.aws, or {variable} to {known}.",
        )
    return InvalidInput(f"{given} names nothing that there is.", remedy=f"Set it to {known}.")
