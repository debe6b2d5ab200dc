"""How far long work has come."""

from collections.abc import Callable

Progress = Callable[[int, int], None]  # how many are done, of how many


def unseen(done: int, total: int) -> None:
    """For work that nobody watches."""
