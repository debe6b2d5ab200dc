"""The agent in the protocol of LangGraph's platform: a module a resource, in `ROUTERS`."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
