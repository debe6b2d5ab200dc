"""An error without its message: messages may quote names, prompts, files or a model's answer."""

import traceback
from collections.abc import Iterator
from errno import errorcode
from pathlib import PurePath

from assetql.domain.errors import AssetQLError

_PATH_PARTS = 3  # enough to find the file, too little to tell whose machine it is


def kind_of(error: BaseException) -> str:
    """The code of an error of ours, the type's name of any other, with its symbol if it has one."""
    if isinstance(error, AssetQLError):
        return error.code
    symbol = getattr(error, "sqlite_errorname", None)
    if isinstance(error, OSError):
        symbol = errorcode.get(error.errno or 0)
    return f"{type(error).__name__}({symbol})" if symbol else type(error).__name__


def causes_of(error: BaseException) -> str:
    """`store_unavailable < OperationalError`: the error and what led to it."""
    return " < ".join(kind_of(each) for each in _chain(error))


def outline(error: BaseException) -> str:
    """The traceback, innermost cause first: places and types, no messages."""
    return "\nled to\n".join(_places(each) for each in reversed(list(_chain(error))))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join([*lines, kind_of(error)])


def _short(filename: str) -> str:
    return "/".join(PurePath(filename).parts[-_PATH_PARTS:])
