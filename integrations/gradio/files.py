"""Files that the browser sent, taken from where Gradio put them."""

from pathlib import Path

from assetql.domain.identity import Principal
from assetql.domain.upload import Upload
from assetql.pipeline.uploads import add_upload
from assetql.services import Services


def keep_file(
    file: Path, *, caller: Principal, services: Services, thread_id: str | None = None
) -> Upload:
    """An upload of the caller's workspace. Raises: InvalidInput naming the file."""
    return add_upload(
        file.name,
        file.read_bytes(),
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        image_limits=services.image_limits,
        list_limits=services.list_limits,
        thread_id=thread_id,
    )
