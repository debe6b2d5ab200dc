"""What this process has lately said in which thread, so that it is not said twice."""

from collections import OrderedDict

_THREADS = 500


class Shown:
    """The newest answer of each thread."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, str] = OrderedDict()

    def begin(self, thread_id: str) -> None:
        """A new answer begins there."""
        self._texts[thread_id] = ""
        self._texts.move_to_end(thread_id)
        if len(self._texts) > _THREADS:
            self._texts.popitem(last=False)

    def add(self, thread_id: str, text: str) -> None:
        """More of it was shown."""
        if thread_id in self._texts:
            self._texts[thread_id] += text

    def has(self, thread_id: str, text: str) -> bool:
        """Whether the newest answer contains it."""
        return _words(text) in _words(self._texts.get(thread_id, ""))


def _words(text: str) -> str:
    return " ".join(text.split())
