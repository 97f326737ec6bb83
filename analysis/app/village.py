"""The village as a page of the live app: any arrows off together, run when they are switched.

The drawing is that of the page which `remesa village` writes; here the runs are made on demand.
"""

from __future__ import annotations

import functools
import threading
from typing import Any
from urllib.parse import parse_qs, urlencode

from dash import Dash, Input, Output, dcc, html

from analysis import sentences, village

SEEDS = 21  # villages one can choose from: those of the lessons
_ONE_RUN = threading.Lock()  # one run at a time: a visitor who clicks fast waits for the last


def read(search: str) -> tuple[list[str], int]:
    """Arrows that are off and the seed, from the query part of an address; what is unknown is left out."""
    asked = parse_qs(search.lstrip("?"))
    known = [arrow.key for arrow in village.arrows()]
    wanted = set((asked.get("off") or [""])[0].split(","))
    seed = (asked.get("seed") or ["1"])[0]
    return [key for key in known if key in wanted], min(SEEDS, max(1, int(seed))) if seed.isdecimal() else 1


def layout(search: str = "") -> Any:
    """The page for a query part of the address."""
    off, seed = read(search)
    return html.Div(
        [
            html.H1("A village of forty households"),
            html.P(
                "Each month everybody here decides by the same rules: whether to work, to look for work, to leave, to "
                "come back, to send money home. Switch arrows off, alone or together: the village is run again from "
                "the same beginning, with the same luck.",
                className="intro",
            ),
            html.Fieldset(
                [
                    html.Legend("Arrows: switch off what shall not exist"),
                    html.Div([switch(arrow, arrow.key not in off) for arrow in village.arrows()], className="arrows"),
                    html.Label(
                        [
                            "Village number ",
                            dcc.Input(id="village-seed", type="number", min=1, max=SEEDS, step=1, value=seed),
                        ]
                    ),
                    html.P("Running the village …", id="village-said", role="status"),
                ],
                className="switches",
            ),
            dcc.Store(id="village-off", data=off),
            dcc.Store(id="village-data"),
            html.Div(id="village-root", className="village"),
            html.Div(id="village-drawn", hidden=True),
        ]
    )


def switch(arrow: village.Arrow, on: bool) -> Any:
    """One arrow that can be switched off."""
    return html.Button(
        f"{arrow.title} ({', '.join(arrow.ids)})".replace("-", "\u2011"),
        role="switch",
        **{"aria-checked": "true" if on else "false", "data-arrow": arrow.key},
    )


@functools.lru_cache(maxsize=SEEDS)
def start(seed: int) -> tuple[Any, village.Watched]:
    """A village after its burn-in, and as it is with every arrow on."""
    settled = village.settled(seed)
    return settled, village.watch(settled)


@functools.lru_cache(maxsize=256)
def run(seed: int, off: tuple[str, ...]) -> village.Watched:
    """A village without some arrows."""
    settled, as_it_is = start(seed)
    switches = [switch for arrow in village.arrows() if arrow.key in off for switch in arrow.off]
    return village.watch(settled, switches) if switches else as_it_is


def shown(off: list[str], seed: int) -> tuple[dict[str, Any], list[Any]]:
    """What the drawing takes, and what is said beside the switches."""
    chosen = [arrow for arrow in village.arrows() if arrow.key in off]
    keys = tuple(arrow.key for arrow in chosen)
    with _ONE_RUN:
        runs, titles = {"": start(seed)[1]}, {}
        if keys:
            runs["off"] = run(seed, keys)
            titles["off"] = (f"Without the {len(keys)} that are off", " ".join(arrow.says for arrow in chosen))
    data = village.as_shown(runs, titles, live=True, shown="off" if keys else "")
    address = "/village?" + urlencode({"off": ",".join(keys), "seed": seed})
    same = keys and data["worlds"]["off"]["same"]
    words = f"{sentences.NO_DIFFERENCE} in these months. " if same else ""
    return data, [
        f"{words}{len(keys)} of {len(village.arrows())} arrows are off. ",
        html.A("Link to this", href=address),
    ]


def register(app: Dash) -> None:
    """The callbacks of this page."""

    @app.callback(
        Output("village-data", "data"),
        Output("village-said", "children"),
        Input("village-off", "data"),
        Input("village-seed", "value"),
    )
    def choose(off: Any, seed: Any) -> tuple[Any, Any]:
        """Run what was chosen."""
        wanted = off if isinstance(off, list) else []
        if not isinstance(seed, int) or isinstance(seed, bool) or not 1 <= seed <= SEEDS:
            data, said = shown(wanted, 1)
            return data, [f"There are villages 1 to {SEEDS}; this is number 1. ", *said]
        return shown([one for one in wanted if isinstance(one, str)], seed)

    app.clientside_callback(
        "function(data) { const root = document.getElementById('village-root');"
        " if (data && root) { window.remesaVillage(root, data); } return ''; }",
        Output("village-drawn", "children"),
        Input("village-data", "data"),
    )
