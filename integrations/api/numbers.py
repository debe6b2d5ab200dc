"""Numbers as JSON has them."""

from pydantic import BeforeValidator


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# JSON knows one kind of number: 4.0 is as whole as 4, also where numbers are read strictly.
# It stands last, so that a number's bounds stay in its schema.
WHOLE = BeforeValidator(_whole)
