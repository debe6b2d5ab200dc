"""The pipeline's resources over HTTP: a module each, in `ROUTERS`."""

from integrations.api.resources import usage

ROUTERS = (usage.router,)
