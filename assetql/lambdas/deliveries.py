"""What Lambda hands over of a queue's message."""

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from assetql.ports import Delivery


def delivery_of(record: SQSRecord) -> Delivery:
    """The message as the queue's port knows it."""
    return Delivery(
        message_id=record.message_id,
        receipt=record.receipt_handle,
        body=record.body,
        receive_count=int(record.attributes.approximate_receive_count),
    )
