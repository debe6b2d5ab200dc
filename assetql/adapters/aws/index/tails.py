"""The embeddings behind a segment's head: a block for each dimension, the least first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
_BYTES = 4  # of a number


@dataclass(frozen=True, slots=True)
class Block:
    """The embeddings of one dimension: from which byte on, and how many."""

    dimensions: int
    start: int
    count: int

    @property
    def end(self) -> int:
        """Behind the last byte."""
        return self.start + self.count * self.dimensions * _BYTES


@dataclass(frozen=True, slots=True)
class Tail:
    """`blocks` by dimension; `place` (n,) is each document's within its block."""

    blocks: dict[int, Block]
    place: NDArray[np.int64]


def tail_of(dimensions: NDArray[np.int32]) -> Tail:
    """Where the embeddings are of documents with these dimensions."""
    blocks: dict[int, Block] = {}
    place = np.zeros(len(dimensions), np.int64)
    start = 0
    for each in np.unique(dimensions[dimensions > 0]).tolist():
        mine = dimensions == each
        blocks[each] = block = Block(each, start, int(np.count_nonzero(mine)))
        place[mine] = np.arange(block.count)
        start = block.end
    return Tail(blocks, place)


def matrix_in(data: bytes, block: Block) -> Matrix:
    """(count, d): the block, once it is read."""
    return np.frombuffer(data, "<f4").reshape(block.count, block.dimensions)


def tail_with(matrices: list[Matrix]) -> bytes:
    """The tail of these blocks."""
    return b"".join(matrix.astype("<f4").tobytes() for matrix in matrices)
