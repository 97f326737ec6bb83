"""The live page: choose, run, look, share; on this machine, without any request to another.

A page is a module with two functions: ``layout(search)`` returns what is shown for the query part of the
address, and ``register(app)`` declares its callbacks. `analysis.app.server.PAGES` lists them.
"""

from __future__ import annotations

import argparse
from typing import Any


def do_app(options: argparse.Namespace) -> dict[str, Any]:
    """`remesa app`."""
    from analysis.talk import FAILED, CommandError

    try:
        import dash  # noqa: F401
    except ImportError:
        raise CommandError('the live page needs Dash: pip install "remesa[app]"', FAILED) from None
    from analysis.app.server import serve

    return serve(options)
