"""GET /docs: the OpenAPI document as a page, which loads nothing from anywhere."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
code,pre{font:14px/1.4 ui-monospace,monospace}pre{overflow:auto;padding:.75rem;border:1px solid}
details{border-bottom:1px solid #8884;padding:.4rem 0}summary{cursor:pointer}
table{border-collapse:collapse}td,th{text-align:left;padding:.1rem .8rem .1rem 0;vertical-align:top}
.verb{display:inline-block;min-width:4.5rem;font-weight:600}
"""


@router.get("/docs")
def show_docs(request: Request) -> HTMLResponse:
    """What every route takes and answers."""
    document = request.app.openapi()
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
    return HTMLResponse(_page(document), headers=headers)


def _page(document: Mapping[str, Any]) -> str:
    title = escape(f"{document['info']['title']} {document['info']['version']}")
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>"
        f"<p>{escape(document['info'].get('summary', ''))}</p>"
        "<p>For programs: <a href=openapi.json>openapi.json</a> (OpenAPI "
        f"{escape(document['openapi'])}).</p>"
        f"{''.join(_section(tag, found) for tag, found in _by_tag(document).items())}"
        f"<h2>Schemas</h2>{''.join(_schemas(document))}</html>"
    )


def _by_tag(document: Mapping[str, Any]) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            (tag, *_) = operation.get("tags", ["other"])
            sections.setdefault(tag, []).append(_operation(verb, path, operation))
    return sections


def _section(tag: str, operations: Iterable[str]) -> str:
    return f"<h2>{escape(tag.capitalize())}</h2>{''.join(operations)}"


def _operation(verb: str, path: str, operation: Mapping[str, Any]) -> str:
    body = operation.get("requestBody", {}).get("content", {})
    answers = [
        _row(status, each["description"], _content(each.get("content", {})))
        for status, each in operation["responses"].items()
    ]
    parts = [
        f"<p>{escape(operation.get('description', ''))}</p>",
        _table("Parameters", [_parameter(each) for each in operation.get("parameters", ())]),
        f"<p>Body: {_content(body)}</p>{_example(body)}" if body else "",
        _table("Answers", answers),
    ]
    return (
        f"<details><summary><span class=verb>{verb.upper()}</span><code>{escape(path)}</code> "
        f"{escape(operation.get('summary', ''))}</summary>{''.join(parts)}</details>"
    )


def _parameter(parameter: Mapping[str, Any]) -> str:
    need = "required" if parameter.get("required") else "optional"
    schema = json.dumps(parameter.get("schema", {}))
    return _row(
        parameter["name"],
        f"{parameter['in']}, {need}",
        f"{escape(parameter.get('description', ''))} <code>{escape(schema)}</code>",
    )


def _content(content: Mapping[str, Any]) -> str:
    return " or ".join(f"{escape(kind)} {_reference(of)}" for kind, of in content.items())


def _example(content: Mapping[str, Any]) -> str:
    given = [each["example"] for each in content.values() if "example" in each]
    return "".join(f"<pre>{_json(each)}</pre>" for each in given)


def _json(value: object) -> str:
    return escape(json.dumps(value, indent=2, ensure_ascii=False))


def _reference(media: Mapping[str, Any]) -> str:
    name = str(media.get("schema", {}).get("$ref", "")).rpartition("/")[2]
    return f"<a href='#{escape(name)}'>{escape(name)}</a>" if name else ""


def _schemas(document: Mapping[str, Any]) -> Iterable[str]:
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f"<details id='{escape(name)}'><summary>{escape(name)}</summary>"
        yield f"<pre>{_json(schema)}</pre>"
        yield "</details>"


def _row(name: str, what: str, html: str) -> str:
    return f"<tr><th>{escape(name)}<td>{escape(what)}<td>{html}"


def _table(title: str, rows: list[str]) -> str:
    return f"<p>{title}</p><table>{''.join(rows)}</table>" if rows else ""
