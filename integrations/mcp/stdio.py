"""serve_stdio: the MCP server of one person, for programs that start it as a child."""

from assetql.domain.identity import Principal
from assetql.services import Services
from integrations.mcp.server import create_mcp
from integrations.mcp.uploads import add_upload_path


def serve_stdio(services: Services, caller: Principal) -> None:
    """Serves until standard input ends. Standard output carries the protocol and nothing else."""
    server = create_mcp(services, lambda _: caller)
    add_upload_path(server, services, lambda _: caller)
    server.run("stdio")
