"""learn_style: 1 to 10 references become a profile with a gate of its own."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from assetql.domain.canvas import SIDE
from assetql.domain.errors import Conflict, InvalidInput, NotFound
from assetql.domain.identity import Action, Principal
from assetql.domain.ids import derived_id
from assetql.domain.image_header import ImageLimits
from assetql.domain.palette import conditioning_of
from assetql.domain.style import MAX_REFERENCES, StyleGate, StyleProfile, StyleReference
from assetql.domain.style_gate import calibrate
from assetql.pipeline.audit import note, on_behalf_of
from assetql.pipeline.augment import augmented
from assetql.pipeline.decode import decoded
from assetql.pipeline.uploads import get_upload
from assetql.ports import Clock, Embedder, Stores, Vector

_LONGEST_NAME = 80
_FEW = 2  # references that can't be calibrated against one another
_MEASURED = 4 * SIDE  # pixels along a side; whoever measures fits an image into less


@dataclass(frozen=True, slots=True)
class _Reference:
    """`image` is what is measured: a large one is held reduced, ten of them being gigabytes."""

    filename: str
    data: bytes
    image: Image.Image
    size: tuple[int, int]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def learn_style(
    name: str,
    uploads: Sequence[str],
    *,
    caller: Principal,
    stores: Stores,
    clock: Clock,
    embedder: Embedder,
    image_limits: ImageLimits,
    key: str,
) -> StyleProfile:
    """Learns a style, or a new version of the one of that name, once per idempotency `key`.

    Raises: InvalidInput for a bad name, count or image; NotFound for an unknown upload; Conflict
    where what the key made was deleted since.
    """
    caller.require(Action.EDIT)
    name = _checked_name(name)
    if not 1 <= len(uploads) <= MAX_REFERENCES:
        raise InvalidInput(
            f"A style takes 1 to {MAX_REFERENCES} reference images, not {len(uploads)}.",
            remedy="Attach the images and name their uploads.",
        )
    references = _read(uploads, caller=caller, stores=stores, limits=image_limits)
    vectors, gate = _embed(references, embedder)
    known = stores.styles.named(caller.workspace, name)
    now = clock.now()
    style_id = known.style_id if known else derived_id("sty", caller.workspace, key)
    profile = StyleProfile(
        workspace=caller.workspace,
        style_id=style_id,
        name=name,
        references=_store(references, style_id, caller=caller, stores=stores),
        embedder=embedder.name,
        embeddings=tuple(tuple(map(float, vector)) for vector in vectors),
        gate=gate,
        conditioning=conditioning_of([reference.image for reference in references]),
        created_by=caller.user,
        created_at=now,
    )
    if known is None:
        stored = stores.styles.create(profile, key=key)
        if stored.deleted_at:
            raise Conflict(
                f"What this request made, {stored.style_id}, was deleted since.",
                remedy="Learn the style by a new request.",
            )
    elif known.references == profile.references and known.embedder == profile.embedder:
        stored = known
    else:
        stored = replace(profile, version=known.version + 1)
        stores.styles.save(stored)
    learner = on_behalf_of(stored.workspace, stored.created_by)
    note(stores.audit, "style.set", stored.style_id, caller=learner, at=stored.created_at)
    return stored


def find_style(name_or_id: str, *, caller: Principal, stores: Stores) -> StyleProfile:
    """By name, or by id, which finds a deleted one too: assets were made with it.

    Raises: NotFound, which names the styles that there are.
    """
    caller.require(Action.READ)
    found = stores.styles.get(caller.workspace, name_or_id) or stores.styles.named(
        caller.workspace, name_or_id
    )
    if found is None:
        raise _unknown(name_or_id, caller=caller, stores=stores)
    return found


def get_style(name_or_id: str, *, caller: Principal, stores: Stores) -> StyleProfile:
    """One that new batches may use. Raises: NotFound, for a deleted one too."""
    found = find_style(name_or_id, caller=caller, stores=stores)
    if found.deleted_at:
        raise _unknown(name_or_id, caller=caller, stores=stores)
    return found


def list_styles(*, caller: Principal, stores: Stores) -> tuple[StyleProfile, ...]:
    """All styles of the workspace that were not deleted, by name."""
    caller.require(Action.READ)
    return tuple(style for style in stores.styles.list(caller.workspace) if not style.deleted_at)


def _unknown(name_or_id: str, *, caller: Principal, stores: Stores) -> NotFound:
    known = list_styles(caller=caller, stores=stores)
    names = ", ".join(repr(style.name) for style in known[:10])
    there = f"There are: {names}." if names else "There is none yet: attach references."
    return NotFound("style", name_or_id, remedy=there)


def _checked_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > _LONGEST_NAME or not cleaned.isprintable():
        raise InvalidInput(
            f"{name[:_LONGEST_NAME]!r} can't be the name of a style.",
            remedy=f"Take 1 to {_LONGEST_NAME} printable characters.",
        )
    return cleaned


def _read(
    uploads: Sequence[str], *, caller: Principal, stores: Stores, limits: ImageLimits
) -> list[_Reference]:
    references: list[_Reference] = []
    for upload_id in uploads:
        upload = get_upload(upload_id, caller=caller, stores=stores)
        if not upload.media_type.startswith("image/"):
            raise InvalidInput(
                f"{upload.filename!r} ({upload_id}) is {upload.media_type}, not an image.",
                remedy="A style is learnt from PNG, JPEG or WebP images.",
            )
        data = stores.objects.get(upload.object_key)
        with decoded(data, filename=upload.filename, limits=limits) as image:
            references.append(_Reference(upload.filename, data, _reduced(image), image.size))
    return references


def _reduced(image: Image.Image) -> Image.Image:
    """By a whole number: fitting it then gives very nearly what fitting the original would."""
    factor = max(image.size) // _MEASURED
    if factor < 2:
        return image
    return image.convert("RGBa").reduce(factor).convert("RGBA")


def _store(
    references: Sequence[_Reference], style_id: str, *, caller: Principal, stores: Stores
) -> tuple[StyleReference, ...]:
    stored: list[StyleReference] = []
    for reference in references:
        digest = reference.sha256
        key = f"style-references/{caller.workspace}/{style_id}/{digest}"
        stores.objects.put(key, reference.data, media_type="application/octet-stream")
        stored.append(
            StyleReference(
                object_key=key,
                sha256=digest,
                width=reference.size[0],
                height=reference.size[1],
                filename=reference.filename,
            )
        )
    return tuple(stored)


def _embed(references: Sequence[_Reference], embedder: Embedder) -> tuple[Vector, StyleGate]:
    """(n, d) float32, and the gate that they calibrate."""
    images = [reference.image for reference in references]
    vectors = np.stack([embedder.embed(image) for image in images])
    variants = None
    if len(images) <= _FEW:
        variants = [np.stack([embedder.embed(v) for v in augmented(image)]) for image in images]
    return vectors, calibrate(vectors, embedder.negatives(), augmented=variants)
