import errno
import sqlite3

import pytest

from assetql.domain.errors import InvalidInput, StoreUnavailable
from assetql.telemetry.failure import causes_of, kind_of, outline

SECRET = "ann's dragon"


def deep_fault() -> Exception:
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise StoreUnavailable(f"No answer to {SECRET}.") from error
    except StoreUnavailable as error:
        return error


def test_an_outline_has_places_and_types_and_no_words() -> None:
    text = outline(deep_fault())
    assert SECRET not in text
    first, last = text.split("\nled to\n")
    assert first.endswith("ValueError")
    assert last.endswith("store_unavailable")
    assert "telemetry/test_failure_outlines.py:" in text
    assert "in deep_fault" in text


def test_the_causes_are_named_in_order() -> None:
    assert causes_of(deep_fault()) == "store_unavailable < ValueError"


def test_a_cause_that_was_hidden_stays_hidden() -> None:
    def hide() -> None:
        try:
            raise ValueError(SECRET)
        except ValueError:
            raise InvalidInput(SECRET) from None

    with pytest.raises(InvalidInput) as caught:
        hide()
    assert causes_of(caught.value) == "invalid_input"


def test_errors_that_lead_to_each_other_end() -> None:
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    assert causes_of(one) == "ValueError < KeyError"


def test_the_systems_own_symbols_are_kept() -> None:
    assert kind_of(OSError(errno.ENOSPC, SECRET)) == "OSError(ENOSPC)"
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect(":memory:").execute(f"SELECT '{SECRET}")
    assert kind_of(caught.value) == "OperationalError(SQLITE_ERROR)"
