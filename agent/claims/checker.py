"""The gate between a model's text and people: whole sentences in, checked sentences out."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from langchain_core.messages import AnyMessage

from agent.claims.evidence import Evidence
from agent.claims.sentences import doubts
from agent.context import AgentContext
from assetql.ports import Stores
from assetql.telemetry.events import EventLog

_EVENTS = EventLog(__name__)
WITHHELD = "(I left out a sentence here that did not match the records: the cards have the facts.)"
_END = re.compile(r"[.!?…][\"')\]*_]*\s+|\n+")
_LONGEST = 600
_LEAD = 80

# A store that can say whether an id exists in the caller's workspace now.
_READS: Mapping[str, Callable[[Stores, str, str], object]] = {
    "bat": lambda stores, workspace, key: stores.batches.get(workspace, key),
    "ast": lambda stores, workspace, key: stores.assets.get(workspace, key),
    "sty": lambda stores, workspace, key: stores.styles.get(workspace, key),
    "apr": lambda stores, workspace, key: stores.approvals.get(workspace, key),
    "upl": lambda stores, workspace, key: stores.uploads.get(workspace, key),
}


class Checker:
    """For one message of the model. `released` is what was let out; `changed` if that differs."""

    def __init__(
        self,
        messages: Sequence[AnyMessage],
        synopsis: Sequence[str],
        context: AgentContext,
        offered: frozenset[Decimal] = frozenset(),
    ) -> None:
        self._evidence = Evidence(messages, synopsis, offered)
        self._context = context
        self._held = ""
        self._lead = ""
        self.released = ""
        self.changed = False

    async def feed(self, text: str) -> list[str]:
        """Takes a piece of text, and returns the sentences that it completed."""
        self._held += text
        ready: list[str] = []
        while (cut := self._cut()) > 0:
            sentence, self._held = self._held[:cut], self._held[cut:]
            ready.extend(await self._release(sentence))
        return ready

    async def end(self) -> list[str]:
        """The rest."""
        rest, self._held = self._held, ""
        return await self._release(rest) if rest else []

    def _cut(self) -> int:
        """Where the first whole sentence ends. What follows it must have begun: "1. 5" is none."""
        for match in _END.finditer(self._held):
            if match.end() < len(self._held):
                return match.end()
        if len(self._held) > _LONGEST:
            return self._held.rfind(" ", 0, _LONGEST) + 1
        return 0

    async def _release(self, sentence: str) -> list[str]:
        wrong = await self._wrong(sentence)
        self._lead = (self._lead + sentence)[-_LEAD:]
        if not wrong:
            self.released += sentence
            return [sentence]
        _EVENTS.warning("sentence.withheld", reason=wrong)
        if self.changed:
            return []
        self.changed = True
        tail = sentence[len(sentence.rstrip()) :]
        self.released += WITHHELD + tail
        return [WITHHELD + tail]

    async def _wrong(self, sentence: str) -> str:
        for doubt in doubts(sentence, self._lead, self._evidence):
            if doubt.kind == "number" or not await self._exists(doubt.value):
                return doubt.kind
        return ""

    async def _exists(self, reference: str) -> bool:
        read = _READS.get(reference.partition("_")[0])
        if read is None:
            return False
        context = self._context
        found = await asyncio.to_thread(
            read, context.services.stores, context.caller.workspace, reference
        )
        return found is not None
