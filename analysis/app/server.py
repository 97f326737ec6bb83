"""The server of the live page: the shell around its pages, what it lets in, and the command `remesa app`."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import ipaddress
import logging
import socket
from types import ModuleType
from typing import Any

from dash import Dash, Input, Output, dcc, html, set_props
from flask import Flask, Response, abort, request

from analysis.app import compare
from analysis.talk import FAILED, CommandError, console

LARGEST_REQUEST = 300_000  # bytes; a page's own requests are far smaller
SORRY = "Something went wrong here; what was shown before still holds. Reload the page to go on."


@dataclasses.dataclass(frozen=True)
class Page:
    """One page: where it is, what its link says, and the module with `layout` and `register`."""

    path: str
    title: str
    module: str

    @property
    def content(self) -> ModuleType:
        """The module, imported when it is needed."""
        return importlib.import_module(self.module)


PAGES: tuple[Page, ...] = (
    Page("/", "Try a package", "analysis.app.compare"),
    Page("/village", "A village for the class", "analysis.app.village"),
)


def application(pages: tuple[Page, ...] = PAGES, hosts: tuple[str, ...] = ()) -> Dash:
    """The app with all its pages.

    Parameters
    ----------
    hosts : names under which the server may be asked beside loopback; empty for no other, ``("*",)`` for any
    """
    server = Flask(__name__)
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app = Dash(
        __name__,
        server=server,
        title="REMESA",
        update_title=None,  # type: ignore[arg-type]
        serve_locally=True,
        suppress_callback_exceptions=True,  # a page's controls exist while it is shown
        add_log_handler=False,
        on_error=said,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.index_string = app.index_string.replace("<html>", '<html lang="en">')
    app.layout = shell(pages)
    by_path = {page.path: page for page in pages}

    @app.callback(
        Output("page", "children"),
        Output("links", "children"),
        Input("address", "pathname"),
        Input("opened", "data"),
    )
    def show(pathname: str | None, search: str | None) -> tuple[Any, Any]:
        """The page of an address, and the links with the one that is open marked."""
        page = by_path.get(pathname or "/")
        if page is None:
            return html.P(["There is no such page. ", html.A("Go to the first page", href="/")]), links(pages, "")
        return page.content.layout(search or ""), links(pages, page.path)

    # the query part as it was when the page was opened; later changes of it are the page's own doing
    app.clientside_callback(
        "function(path) { return window.location.search; }", Output("opened", "data"), Input("address", "pathname")
    )
    for page in pages:
        page.content.register(app)
    guarded(app, hosts)
    return app


def shell(pages: tuple[Page, ...]) -> Any:
    """What stands around every page."""
    return html.Div(
        [
            dcc.Location(id="address", refresh="callback-nav"),
            dcc.Store(id="opened"),
            html.A("Skip to content", href="#page", className="skip"),
            html.Header(
                [
                    html.Div(
                        [html.Strong("REMESA"), html.Span(" a simulated labour market with migration")],
                        className="brand",
                    ),
                    html.Nav(html.Ul(links(pages, ""), id="links"), **{"aria-label": "Pages"}),
                ]
            ),
            html.Div(id="trouble", role="alert", className="trouble"),
            html.Main(html.P("Loading …", className="quiet"), id="page", tabIndex=-1),
        ]
    )


def links(pages: tuple[Page, ...], shown: str) -> list[Any]:
    """Links to all pages."""
    here: dict[str, Any] = {"aria-current": "page"}
    return [html.Li(html.A(page.title, href=page.path, **(here if page.path == shown else {}))) for page in pages]


def said(error: Exception) -> None:
    """A fault in a callback: one line for the visitor, the trace for whoever runs the server."""
    logging.getLogger("remesa").error("a callback failed", exc_info=error)
    set_props("trouble", {"children": SORRY})


def guarded(app: Dash, hosts: tuple[str, ...]) -> None:
    """Refuse what no browser of a visitor sends, and tell browsers to ask nobody else for anything."""
    server: Flask = app.server
    policy = "; ".join(
        [
            "default-src 'none'",
            "script-src 'self' " + " ".join(f"'{one}'" for one in hashes(app)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )

    @server.before_request
    def known_host() -> None:
        """Another name would be another site that points its name to this machine."""
        name = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
        if hosts != ("*",) and not (is_loopback(name) or name in hosts):
            abort(403)

    @server.after_request
    def told(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


def hashes(app: Dash) -> list[str]:
    """Hashes of the scripts that stand in the page itself."""
    return [one.strip("'") for one in app.csp_hashes()]


def is_loopback(name: str) -> bool:
    """Whether a host name stands for this machine alone."""
    try:
        return name == "localhost" or ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


# ---- the command


def serve(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa app`: serve the page until it is stopped."""
    from werkzeug.serving import make_server

    if not 0 <= options.port < 65536:
        raise CommandError(f"--port {options.port} is no port; give 1 to 65535, or 0 for any that is free")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    out, local = console(options), is_loopback(options.host)
    compare.WORKERS = options.workers
    app = application(hosts=() if local else ("*",))
    compare.layout()  # places and packages are read, and the processes begin to warm up, before anybody waits
    try:
        server = make_server(options.host, options.port, app.server, threaded=True)
    except (OSError, SystemExit, socket.gaierror) as error:
        raise CommandError(
            f"cannot listen on {options.host}:{options.port}; give another --port or --host", FAILED
        ) from error
    if not local:
        out.print(
            f"Warning: {options.host} can be reached from other machines. There is no password: whoever reaches "
            "it can use this machine's processors. Without --host the page is for this machine alone.",
            style="bold",
        )
    address = f"http://{'localhost' if local else options.host}:{server.server_port}/"
    out.print(f"The page is at {address} (Ctrl-C stops it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return {"command": "app", "address": address}
