"""The worker's loop on DynamoDB, S3 and SQS beside its listed minimum of boto3 calls.

python -m benchmarks.worker_loop_on_aws [--tasks N] [--rounds N] [--json]

The floor, for each task, on the same emulated AWS and one thread: ReceiveMessage, GetItem, PutItem
(the claim), PutObject twice (image and thumbnail), TransactWriteItems (the task READY and its
asset), DeleteMessage.
"""

import argparse
import json
import time
from typing import Any

from rich.console import Console

from assetql.adapters.aws.chunks import chunk_of_task, task_partition, task_sort
from assetql.adapters.aws.clients import Clients, open_clients
from assetql.adapters.aws.items import keys
from assetql.adapters.aws.resources import ASSETS, TASKS, Names, names_of
from assetql.pipeline.dispatch import TaskMessage
from assetql.services import Services
from benchmarks.worker_loop import PIXELS, loop, started, summary

AIM = 1.3
_DOCUMENT = {"S": "x" * 900}  # about what a task or an asset takes


class Floor:
    """The bare calls of one task, again and again."""

    def __init__(self, services: Services) -> None:
        self._clients: Clients = open_clients(services.settings)
        self._names: Names = names_of(services.settings)
        self._queue = self._clients.sqs.get_queue_url(QueueName=self._names.queue)["QueueUrl"]

    def run(self) -> float:
        """Seconds in which they work all deliveries off."""
        begin = time.perf_counter()
        while self._one():
            pass
        return time.perf_counter() - begin

    def _one(self) -> bool:
        sqs = self._clients.sqs
        found = sqs.receive_message(QueueUrl=self._queue, VisibilityTimeout=300)
        if not found.get("Messages"):
            return False
        (message,) = found["Messages"]
        self._make(TaskMessage.decode(message["Body"]))
        sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return True

    def _make(self, message: TaskMessage) -> None:
        task = message.key
        place = keys(
            task_partition(task.workspace, task.batch_id, chunk_of_task(task.task_id)),
            task_sort(task.task_id),
        )
        tables = self._clients.dynamodb
        tables.get_item(TableName=self._names.table(TASKS), Key=place, ConsistentRead=True)
        put = self._put(TASKS, place, "attribute_exists(pk)")
        tables.put_item(**put)
        stem = f"{task.workspace}/{task.batch_id}/{task.task_id}"
        for prefix in ("raw", "thumbnails"):
            self._clients.s3.put_object(
                Bucket=self._names.bucket, Key=f"{prefix}/{stem}.png", Body=PIXELS
            )
        made = self._put(ASSETS, place, "attribute_not_exists(pk)")
        tables.transact_write_items(TransactItems=[{"Put": put}, {"Put": made}])

    def _put(self, shape: Any, place: dict[str, Any], condition: str) -> dict[str, Any]:
        return {
            "TableName": self._names.table(shape),
            "Item": place | {"document": _DOCUMENT},
            "ConditionExpression": condition,
        }


def measure(tasks: int, rounds: int) -> dict[str, float]:
    """Milliseconds a task of both, and the median of their ratios, round by round."""
    pairs: list[tuple[float, float]] = []
    for number in range(rounds + 1):
        with started(tasks, family="aws") as one:
            ours = loop(one)
        with started(tasks, family="aws") as other:
            bare = Floor(other).run()
        if number:  # the first round warms up
            pairs.append((ours, bare))
    return summary(tasks, pairs)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.tasks, options.rounds)
    if options.json:
        Console().print_json(json.dumps(found))
    else:
        Console().print(
            f"worker loop on AWS {found['loop_ms']} ms a task ÷ bare boto3 calls "
            f"{found['floor_ms']} ms = {found['ratio']} (aim ≤ {AIM})"
        )


if __name__ == "__main__":
    main()
