"""Batches of which a part is left undone, under HTTP 200: it never reaches the emulator."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.fault_proxy.faults import Forward
from tests.support.fault_proxy.traffic import Reply, Request

Document = dict[str, Any]
Merge = Callable[[Document], None]


@dataclass(frozen=True, slots=True)
class Partial:
    """Every second entry of a batch is left undone; a batch of one is done."""

    name: str = "partial"

    async def __call__(self, request: Request, forward: Forward) -> Reply:
        withhold = _WITHHOLD.get(request.operation)
        if withhold is None:
            return await forward(request)
        document = request.document
        merge = withhold(document)
        reply = await forward(request.with_document(document))
        if reply.status != 200:
            return reply
        answer = reply.document
        merge(answer)
        return reply.with_document(answer)


PARTIAL = Partial()


def _writes(document: Document) -> Merge:
    asked: dict[str, list[Any]] = document["RequestItems"]
    undone = {table: writes[1::2] for table, writes in asked.items()}
    document["RequestItems"] = {table: writes[::2] for table, writes in asked.items()}

    def merge(answer: Document) -> None:
        left: dict[str, list[Any]] = answer.setdefault("UnprocessedItems", {})
        for table, writes in undone.items():
            if writes:
                left.setdefault(table, []).extend(writes)

    return merge


def _reads(document: Document) -> Merge:
    asked: dict[str, Document] = document["RequestItems"]
    undone = {table: read | {"Keys": read["Keys"][1::2]} for table, read in asked.items()}
    document["RequestItems"] = {
        table: read | {"Keys": read["Keys"][::2]} for table, read in asked.items()
    }

    def merge(answer: Document) -> None:
        left: dict[str, Document] = answer.setdefault("UnprocessedKeys", {})
        for table, read in undone.items():
            if read["Keys"]:
                before = left.get(table, {}).get("Keys", [])
                left[table] = read | {"Keys": before + read["Keys"]}

    return merge


def _entries(document: Document) -> Merge:
    undone = document["Entries"][1::2]
    document["Entries"] = document["Entries"][::2]

    def merge(answer: Document) -> None:
        failed: list[Document] = answer.setdefault("Failed", [])
        failed += [
            {
                "Id": entry["Id"],
                "Code": "InternalError",
                "Message": "Left undone by the fault proxy.",
                "SenderFault": False,
            }
            for entry in undone
        ]

    return merge


_WITHHOLD: dict[str, Callable[[Document], Merge]] = {
    "BatchWriteItem": _writes,
    "BatchGetItem": _reads,
    "SendMessageBatch": _entries,
    "DeleteMessageBatch": _entries,
    "ChangeMessageVisibilityBatch": _entries,
}
BATCHES = frozenset(_WITHHOLD)
