"""The event loop: feeds handlers with the events of queues, streams, the bucket and schedules.

One process is one execution environment, which runs one event at a time; several may share the
queues. `python -m infra.emulator.events --only image_generator`
"""

import argparse
import logging
import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError

from assetql.adapters.aws.clients import Clients, open_clients
from assetql.adapters.aws.resources import Names, names_of
from assetql.settings import Settings
from infra.emulator.invocation import Environment
from infra.emulator.pollers import Feed, Poller, open_poller
from infra.lifeline import end_with_input
from infra.triggers import TRIGGERS, EverySeconds, Trigger

_AGAIN = 1  # seconds, after the emulator did not answer

_LOG = logging.getLogger(__name__)


class EventLoop:
    """A thread waits at each source; handlers take turns."""

    def __init__(self, clients: Clients, names: Names, triggers: Sequence[Trigger]) -> None:
        self._stopped = threading.Event()
        self._environment = Environment(clients.region or "us-east-1")
        feeds = [
            Feed(
                trigger=trigger,
                environment=self._environment,
                clients=clients,
                names=names,
                stopped=self._stopped,
            )
            for trigger in triggers
        ]
        self._threads = [
            threading.Thread(
                target=self._poll, args=(open_poller(feed),), name=feed.trigger.name, daemon=True
            )
            for feed in feeds
        ]

    def stop(self) -> None:
        """Ends `run` when the event in hand is done."""
        self._stopped.set()

    def run(self) -> None:
        """Feeds until stopped. What was received and not begun comes again."""
        for thread in self._threads:
            thread.start()
        while not self._stopped.wait(3600):
            pass
        self._environment.close()

    def _poll(self, poller: Poller) -> None:
        while not self._stopped.is_set():
            try:
                poller.step()
            except (BotoCoreError, ClientError) as error:
                if not self._stopped.is_set():
                    _LOG.warning("%s: %s", threading.current_thread().name, error)
                self._stopped.wait(_AGAIN)


def main() -> None:
    """Feeds handlers until it is interrupted."""
    names = sorted(trigger.name for trigger in TRIGGERS)
    parser = argparse.ArgumentParser(prog="infra.emulator.events", description=__doc__)
    parser.add_argument("--only", action="append", choices=names, help="by default all of them")
    parser.add_argument("--without", action="append", choices=names, default=[])
    parser.add_argument("--every", type=int, help="seconds, instead of the schedules' own")
    parser.add_argument("--with-input", action="store_true", help="end when standard input does")
    asked = parser.parse_args()
    settings = Settings()
    logging.basicConfig(level=settings.log_level.upper(), format="%(name)s: %(message)s")
    chosen = set(asked.only or names) - set(asked.without)
    triggers = [_every(t, asked.every) for t in TRIGGERS if t.name in chosen]
    loop = EventLoop(
        open_clients(settings),
        names_of(settings),
        triggers,
    )

    def leave(_number: int, _frame: FrameType | None) -> None:
        loop.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    if asked.with_input:
        end_with_input()
    loop.run()


def _every(trigger: Trigger, seconds: int | None) -> Trigger:
    if seconds is None or not isinstance(trigger.source, EverySeconds):
        return trigger
    return replace(trigger, source=EverySeconds(seconds))


if __name__ == "__main__":
    main()
