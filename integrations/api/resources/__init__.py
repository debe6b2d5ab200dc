"""The pipeline's resources over HTTP: a module each, in `ROUTERS`."""

from integrations.api.resources import (
    approvals,
    assets,
    batch_actions,
    batches,
    exports,
    files,
    presets,
    progress,
    styles,
    uploads,
    usage,
)

ROUTERS = (
    batches.router,
    batch_actions.router,
    progress.router,
    approvals.router,
    styles.router,
    assets.router,
    uploads.router,
    exports.router,
    presets.router,
    usage.router,
    files.router,
)
