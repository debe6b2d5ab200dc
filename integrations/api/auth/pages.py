"""The little that the login shows and knows of pages."""

import re
from html import escape

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from integrations.api.auth.sessions import Sessions

HOME = "/ui"
_OURS = re.compile(rf"{HOME}(?:[/?][\w./?=&%~-]*)?", re.ASCII)

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>AssetQL</title>
<style>:root{{color-scheme:light dark;font:1rem/1.5 system-ui}}
body{{max-width:34rem;margin:15vh auto;padding:0 1rem}}</style>
<h1>{title}</h1><p>{text}</p>{link}</html>"""


def landing(wanted: str | None) -> str:
    """Where a login ends: at a page of the playground, whatever was asked for."""
    return wanted if wanted and _OURS.fullmatch(wanted) else HOME


def page(title: str, text: str, *, status: int = 200, login: bool = False) -> HTMLResponse:
    """A few words."""
    link = '<p><a href="/login">Log in</a></p>' if login else ""
    content = _PAGE.format(title=escape(title), text=escape(text), link=link)
    return HTMLResponse(content, status, headers={"Cache-Control": "no-store"})


def logout_router(sessions: Sessions, *, login: bool) -> APIRouter:
    """`/logout`, for a link or a form of our own pages."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/logout", methods=["GET", "POST"])
    async def logout(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction] - a route
        response = page("Logged out", "This browser's session has ended.", login=login)
        await sessions.end(request, response)
        return response

    return router


def redirect(to: str) -> RedirectResponse:
    """A redirect that no cache keeps."""
    return RedirectResponse(to, 303, headers={"Cache-Control": "no-store"})
