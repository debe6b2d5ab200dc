"""Batches of records: one call each, and a report of those that have to come again."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from assetql.adapters.codec import Codec
from assetql.lambdas.runtime import Event, tell
from assetql.ports import Delivery
from assetql.telemetry.ids import bound

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.typing import LambdaContext

T = TypeVar("T")


def each_message(
    event: Event, context: "LambdaContext", work: Callable[[Delivery], object]
) -> "PartialItemFailureResponse":
    """Calls `work` for every message of a queue; those for which it raises come again."""

    def on_record(record: SQSRecord) -> object:
        return work(
            Delivery(
                message_id=record.message_id,
                receipt=record.receipt_handle,
                body=record.body,
                receive_count=int(record.attributes.approximate_receive_count),
            )
        )

    return _each(event, context, EventType.SQS, on_record, lambda record: record.message_id)


def each_document(
    event: Event, context: "LambdaContext", codec: Codec[T], work: Callable[[T], object]
) -> "PartialItemFailureResponse":
    """Calls `work` with every item that a table has now, where it holds one of the codec's kind.

    A stream goes on from the first item for which it raises; what came after it comes again, too.
    """

    def on_record(record: DynamoDBRecord) -> object:
        image = record.raw_event["dynamodb"].get("NewImage", {})
        document = image.get("document", {}).get("S")
        return work(codec.decode(document)) if document else None

    kind = EventType.DynamoDBStreams
    return _each(event, context, kind, on_record, lambda record: record.event_id)


def _each(
    event: Event,
    context: "LambdaContext",
    kind: EventType,
    work: Callable[[Any], object],
    id_of: Callable[[Any], str],
) -> "PartialItemFailureResponse":
    def record_handler(record: Any) -> object:
        with bound(record=id_of(record)):
            try:
                return work(record)
            except Exception as error:
                tell("record", error)
                raise

    processor = BatchProcessor(event_type=kind, raise_on_entire_batch_failure=False)
    return process_partial_response(
        event=event, record_handler=record_handler, processor=processor, context=context
    )
