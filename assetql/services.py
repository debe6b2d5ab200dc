"""The composition root of the pipeline: settings in, services out.

Only this module knows adapter families, and it loads one by its dotted name, so that the other
family's libraries are never imported.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Protocol, cast

from assetql.domain.asset_list.limits import ListLimits
from assetql.domain.finding import Finding
from assetql.domain.image_header import ImageLimits
from assetql.domain.money import MICROS, PriceList
from assetql.domain.terms import Terms
from assetql.pipeline.workflow import Workflow
from assetql.ports import Clock, Embedder, ImageModel, PromptOptimiser, Stores, Tagger
from assetql.settings import Settings


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)


class Family(Protocol):
    """What an adapter family's `family` module offers."""

    def open_stores(self, settings: Settings, clock: Clock) -> tuple[Stores, Callable[[], None]]:
        """The stores, and what closes them."""
        ...

    def open_embedder(self, settings: Settings) -> Embedder:
        """What puts images into a style space."""
        ...

    def open_images(self, settings: Settings) -> ImageModel:
        """What makes images."""
        ...

    def open_tagger(self, settings: Settings) -> Tagger:
        """What tags images."""
        ...

    def open_optimiser(self, settings: Settings) -> PromptOptimiser | None:
        """What enriches prompts, if anything."""
        ...


class Checks(Protocol):
    """What an adapter family's `checks` module offers."""

    def examine(self, settings: Settings, *, quickly: bool) -> Iterator[Finding]:
        """What of the family's needs is there; `quickly`: what takes a moment and costs nothing."""
        ...


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that use cases are called with."""

    settings: Settings
    stores: Stores
    clock: Clock
    terms: Terms
    prices: PriceList
    list_limits: ListLimits
    image_limits: ImageLimits
    embedder: Embedder
    images: ImageModel
    tagger: Tagger
    optimiser: PromptOptimiser | None
    close: Callable[[], None]


def terms_of(settings: Settings) -> Terms:
    """The limits and leases that the settings name."""
    return Terms(
        attempts=settings.attempts,
        faults=settings.faults,
        lease=timedelta(seconds=settings.lease_seconds),
        approval=timedelta(hours=settings.approval_hours),
    )


def workflow_of(services: Services) -> Workflow:
    """What following up on ended batches needs of the services."""
    return Workflow(
        stores=services.stores,
        clock=services.clock,
        terms=services.terms,
        tagger=services.tagger,
    )


def examine(settings: Settings, *, quickly: bool) -> Iterator[Finding]:
    """What of the needs of the family that the settings name is there."""
    checks = cast("Checks", import_module(f"{settings.adapters}.checks"))
    return checks.examine(settings, quickly=quickly)


def open_services(settings: Settings, *, clock: Clock | None = None) -> Services:
    """Builds the services of the family that the settings name."""
    family = cast("Family", import_module(f"{settings.adapters}.family"))
    clock = clock or SystemClock()
    stores, close = family.open_stores(settings, clock)
    services = Services(
        settings=settings,
        stores=stores,
        clock=clock,
        terms=terms_of(settings),
        prices=PriceList(
            small=round(settings.price_small * MICROS),
            medium=round(settings.price_medium * MICROS),
            large=round(settings.price_large * MICROS),
        ),
        list_limits=ListLimits(
            max_rows=settings.max_rows,
            max_cell=settings.max_cell,
            max_side=settings.max_side,
            max_variations=settings.max_variations,
            max_bytes=settings.max_list_bytes,
        ),
        image_limits=ImageLimits(
            max_bytes=settings.max_image_bytes, max_pixels=settings.max_image_pixels
        ),
        embedder=family.open_embedder(settings),
        images=family.open_images(settings),
        tagger=family.open_tagger(settings),
        optimiser=family.open_optimiser(settings),
        close=close,
    )
    return _traced(services) if settings.tracing else services


def _traced(services: Services) -> Services:
    """The same, with a span around each call of a store or a model."""
    from assetql.telemetry import providers
    from assetql.telemetry.tracing import traced

    settings, stores = services.settings, services.stores
    providers.start(traces=settings.traces_exporter, measurements=settings.metrics_exporter)
    ports = {port.name: traced(getattr(stores, port.name), port.name) for port in fields(stores)}
    optimiser = services.optimiser
    return replace(
        services,
        stores=Stores(**ports),
        embedder=traced(services.embedder, "embedder"),
        images=traced(services.images, "image_model"),
        tagger=traced(services.tagger, "tagger"),
        optimiser=traced(optimiser, "optimiser") if optimiser else None,
    )
