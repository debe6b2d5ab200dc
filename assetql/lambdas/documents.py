"""What a table's stream carries: the documents of its items."""

from typing import TypeVar

from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from assetql.adapters.codec import Codec

T = TypeVar("T")


def document_of(record: DynamoDBRecord, codec: Codec[T]) -> T | None:
    """The item's value after the change; None where it went, or is none of the codec's items."""
    image = record.raw_event["dynamodb"].get("NewImage", {})
    document = image.get("document", {}).get("S")
    return codec.decode(document) if document else None
