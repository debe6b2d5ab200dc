"""What a clause can refer to: the files at hand, and what was shown before."""

from dataclasses import dataclass

from agent.offline.conversation import Conversation
from agent.offline.normalise import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`images` and `list_id` came with this message, or earlier and were not used yet."""

    talk: Conversation
    text: Text
    images: tuple[str, ...]
    list_id: str
    new_images: bool
    new_list: bool

    def restored(self, part: str | None) -> str:
        """A found part with its quoted strings put back."""
        return self.text.restored(part) if part else ""


def scene_of(talk: Conversation, text: Text) -> Scene:
    """The scene of the message that awaits an answer."""
    new = [f.upload_id for f in talk.attached if f.is_image]
    lists = [f.upload_id for f in talk.attached if not f.is_image]
    used = {u for r in talk.past if r.tool == "set_style" for u in _strings(r.args.get("uploads"))}
    older = [f.upload_id for f in talk.earlier_files if f.is_image and f.upload_id not in used]
    older_lists = [f.upload_id for f in talk.earlier_files if not f.is_image]
    return Scene(
        talk=talk,
        text=text,
        images=tuple(new or older[-10:]),
        list_id=(lists or older_lists or [""])[-1],
        new_images=bool(new),
        new_list=bool(lists),
    )


def _strings(value: object) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list | tuple) else []
