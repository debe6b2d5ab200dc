"""Where a task's images are stored: keys that say which claim of which run made them."""

import re
from dataclasses import dataclass

from assetql.domain.task import Task, TaskKey

_RAW = re.compile(r"raw/([^/]+)/([^/]+)/([^/]+)-r([0-9]{1,9})-t([0-9]{1,9})\.png", re.ASCII)


@dataclass(frozen=True, slots=True)
class ImageKeys:
    """The keys of one attempt.

    Named by the fencing token, so that a late worker can't change what another committed.
    """

    task: TaskKey
    run: int
    token: int

    @property
    def raw(self) -> str:
        """The image itself."""
        return f"raw/{self._stem}.png"

    @property
    def thumbnail(self) -> str:
        """Its small version."""
        return f"thumbnails/{self._stem}.png"

    @property
    def _stem(self) -> str:
        task = self.task
        return f"{task.workspace}/{task.batch_id}/{task.task_id}-r{self.run}-t{self.token}"


def keys_of(task: Task) -> ImageKeys:
    """The keys that the task's current claim writes to."""
    return ImageKeys(task.key, task.run, task.token)


def read_raw_key(key: str) -> ImageKeys | None:
    """What a key under `raw/` says; None where no claim made it."""
    found = _RAW.fullmatch(key)
    if found is None:
        return None
    workspace, batch, task, run, token = found.groups()
    return ImageKeys(TaskKey(workspace, batch, task), int(run), int(token))
