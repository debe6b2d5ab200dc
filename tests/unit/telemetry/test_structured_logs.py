import io
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from assetql.domain.errors import InvalidInput, ModelUnavailable
from assetql.telemetry.events import EventLog, FirstTimes
from assetql.telemetry.ids import bound, bound_ids
from assetql.telemetry.logs import configure
from tests.support.telemetry import logged

EVENTS = EventLog("assetql.tests")
SECRET = "ann's dragon"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_event_carries_its_facts_and_the_ids_that_are_bound() -> None:
    with logged() as logs, bound(workspace="studio"), bound(task="t1", run=2):
        EVENTS.info("task.ready", score=0.5, batch=None)
    (event,) = logs.events
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "task.ready",
        "level": "info",
        "logger": "assetql.tests",
        "workspace": "studio",
        "task": "t1",
        "run": 2,
        "score": 0.5,
    }


def test_ids_end_with_their_block_even_when_it_fails() -> None:
    with bound(workspace="studio"):
        with pytest.raises(ValueError, match="x"), bound(workspace="other", task="t"):
            raise ValueError("x")
        assert bound_ids() == {"workspace": "studio"}
    assert not bound_ids()


def test_threads_do_not_share_ids() -> None:
    with bound(task="mine"), ThreadPoolExecutor(1) as pool:
        assert not pool.submit(bound_ids).result()


def test_errors_are_named_without_their_messages() -> None:
    with logged() as logs:
        EVENTS.warning("task.left", ModelUnavailable(SECRET))
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            EVENTS.crash("task.crashed", error)
    left, crashed = logs.events
    assert left["error"] == "model_unavailable"
    assert crashed["error"] == "ValueError"
    assert "in test_errors_are_named_without_their_messages" in crashed["exception"]
    assert SECRET not in logs.text


def test_the_standard_librarys_calls_of_our_modules_are_told_as_discreetly() -> None:
    log = logging.getLogger("agent.tests")
    with logged() as logs, bound(thread="t"):
        log.warning("%s waits for %s", "thread", ValueError(SECRET))
        log.error("%(what)s failed", {"what": InvalidInput(SECRET)})
        log.warning("100 % done")
    assert [event["event"] for event in logs.events] == [
        "thread waits for ValueError",
        "invalid_input failed",
        "100 % done",
    ]
    assert {event["thread"] for event in logs.events} == {"t"}


def test_another_library_is_heard_from_warning_on_and_not_verbatim() -> None:
    log = logging.getLogger("somebody.elses")
    with logged() as logs:
        log.info("I saw %s", SECRET)
        log.warning("I saw %s", SECRET)
        log.warning(f"I saw {SECRET}")
    with_template, without = logs.events
    assert with_template["event"] == "I saw %s"
    assert with_template["at"].startswith("test_structured_logs:")
    assert without["logger"] == "somebody.elses"
    assert SECRET not in logs.text


def test_the_level_is_obeyed() -> None:
    with logged("warning") as logs:
        EVENTS.info("not.told")
        EVENTS.warning("told")
    assert [event["event"] for event in logs.events] == ["told"]


def test_an_unknown_level_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="Did you mean 'warning'"):
        configure("warnin")


def test_a_terminal_gets_lines_for_people() -> None:
    with logged():
        terminal = Terminal()
        configure("info", stream=terminal)
        EVENTS.info("batch.closed", batch="bat_1")
    assert "batch.closed" in terminal.getvalue()
    assert "{" not in terminal.getvalue()


def test_configuring_again_replaces_what_was_there() -> None:
    with logged() as before, logged() as now:
        EVENTS.info("told.once")
    assert not before.events
    assert len(now.events) == 1


def test_first_times_forgets_the_oldest() -> None:
    seen = FirstTimes(most=2)
    assert [seen.first(thing) for thing in "aab"] == [True, False, True]
    assert seen.first("c")  # a is the oldest
    assert not seen.first("b")
    assert seen.first("a")
