"""serve_stdio: the MCP server of one person, for programs that start it as a child."""

from assetql.domain.identity import Principal
from assetql.pipeline.export import Package, link_to
from assetql.services import Services
from integrations.mcp.calls import Request
from integrations.mcp.server import create_mcp
from integrations.mcp.uploads import add_upload_path


def serve_stdio(services: Services, caller: Principal) -> None:
    """Serves until standard input ends. Standard output carries the protocol and nothing else."""

    def link(_: Request, package: Package) -> str:
        return link_to(package, stores=services.stores, terms=services.terms)

    server = create_mcp(services, lambda _: caller, link)
    add_upload_path(server, services, lambda _: caller)
    server.run("stdio")
