"""Tags: a closed vocabulary with categories that a workspace may extend."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Tag:
    """A model's tag; `confidence` in 0..1."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TagSet:
    """The model's tags with people's edits, which win and survive tagging again."""

    model: tuple[Tag, ...] = ()
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    tagger: str | None = None  # id and version of the tagger that ran; None: not tagged yet

    @property
    def names(self) -> tuple[str, ...]:
        """The tags in force, people's first."""
        kept = (t.name for t in self.model if t.name not in self.removed | self.added)
        return (*sorted(self.added), *kept)

    def edit(self, *, add: frozenset[str], remove: frozenset[str]) -> "TagSet":
        """A person's edit: what is added is no longer removed, and the reverse."""
        return replace(
            self,
            added=(self.added | add) - remove,
            removed=(self.removed - add) | remove,
        )

    def retag(self, tags: tuple[Tag, ...], *, tagger: str) -> "TagSet":
        """The model's tags anew; edits stay."""
        return replace(self, model=tags, tagger=tagger)
