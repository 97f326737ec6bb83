"""The first page: choose a place and a package, run both worlds, see what differs."""

from __future__ import annotations

from typing import Any

from dash import Dash, html


def layout(search: str = "") -> Any:
    """The page for a query part of the address."""
    return html.H1("Try a package of policies")


def register(app: Dash) -> None:
    """Its callbacks."""
