"""Files that go with a message."""

from pathlib import Path

from assetql.domain.identity import Principal
from assetql.pipeline.uploads import add_upload
from assetql.services import Services
from integrations.cli.files import read_bytes


def attach(
    paths: list[Path], services: Services, caller: Principal, thread: str
) -> tuple[str, ...]:
    """Uploads files to a thread; returns their ids. Raises: InvalidInput naming the file."""
    return tuple(
        add_upload(
            path.name,
            read_bytes(path),
            caller=caller,
            stores=services.stores,
            clock=services.clock,
            image_limits=services.image_limits,
            list_limits=services.list_limits,
            thread_id=thread,
        ).upload_id
        for path in paths
    )
