"""The MCP server of a laptop, as a process of its own: HOME is its argument."""

import sys
from pathlib import Path

from assetql.services import open_services
from assetql.settings import Settings
from assetql.telemetry import logs
from integrations.mcp.stdio import serve_stdio
from tests.support.homes import OWNER

if __name__ == "__main__":
    logs.configure("INFO")
    services = open_services(Settings(home=Path(sys.argv[1]), poll_seconds=0.02))
    serve_stdio(services, OWNER)
    services.close()
