"""The stores of the AWS family, put together."""

from assetql.adapters.aws.approvals import DynamoApprovals
from assetql.adapters.aws.assets import DynamoAssets
from assetql.adapters.aws.audit import DynamoAudit
from assetql.adapters.aws.batches import DynamoBatches
from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.door_records import DynamoDoorRecords
from assetql.adapters.aws.index import SegmentIndex
from assetql.adapters.aws.ledger import DynamoLedger
from assetql.adapters.aws.objects import S3Objects
from assetql.adapters.aws.queue import SqsQueue
from assetql.adapters.aws.resources import (
    ASSETS,
    AUDIT,
    BATCHES,
    CHECKPOINTS,
    DOORS,
    LEDGER,
    STYLES,
    TASKS,
    UPLOADS,
    Names,
    TableShape,
)
from assetql.adapters.aws.styles import DynamoStyles
from assetql.adapters.aws.table import Table
from assetql.adapters.aws.tasks import DynamoTasks
from assetql.adapters.aws.threads import DynamoInbox
from assetql.adapters.aws.turns import DynamoTurns
from assetql.adapters.aws.uploads import DynamoUploads
from assetql.ports import Stores


def open_stores(clients: Clients, names: Names, *, budget: int) -> Stores:
    """The stores of one installation; `budget`: micros of a new workspace."""

    def table(shape: TableShape) -> Table:
        return Table(clients.dynamodb, names.table(shape))

    batches, tasks, assets = table(BATCHES), table(TASKS), table(ASSETS)
    return Stores(
        batches=DynamoBatches(batches),
        tasks=DynamoTasks(tasks, assets=assets, batches=batches),
        assets=DynamoAssets(assets, tasks=tasks),
        styles=DynamoStyles(table(STYLES)),
        ledger=DynamoLedger(table(LEDGER), batches=batches, initial_budget=budget),
        approvals=DynamoApprovals(batches),
        uploads=DynamoUploads(table(UPLOADS)),
        queue=SqsQueue(clients.sqs, names),
        objects=S3Objects(clients.s3, names.bucket),
        index=SegmentIndex(clients.s3, names.bucket),
        inbox=DynamoInbox(table(CHECKPOINTS)),
        turns=DynamoTurns(table(CHECKPOINTS)),
        audit=DynamoAudit(table(AUDIT)),
        doors=DynamoDoorRecords(table(DOORS)),
    )
