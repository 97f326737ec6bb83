"""The first page: choose a place and a package, run both worlds, see what differs."""

from __future__ import annotations

import functools
import multiprocessing
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from analysis import report, two_lives
from analysis.app import choices, controls, shown
from analysis.app.choices import BUNDLE, LIMITS, OWN, ChoiceError, Choices
from analysis.app.engine import Busy, Engine, Job
from analysis.app.held import Held

BEAT, IDLE = 400, 4000  # ms between two looks at what is running, and where nothing is
PATIENCE = 8.0  # s after which a drawing that has not arrived is asked for again
LIVES = 120.0  # s after which a brief is written without the lives of its household
_ONE_BRIEF = threading.Lock()  # matplotlib keeps one style for the whole process
WHY = {"aria-describedby": "state"}  # what is running, and so why a button is greyed
SHARES = tuple(f"share-{name}" for name in BUNDLE)


@functools.cache
def engine() -> Engine:
    """The processes that simulate, started when the first page is asked for; what composes choices is loaded, too."""
    threading.Thread(target=Choices().scenarios, daemon=True).start()
    return Engine(workers=WORKERS)


WORKERS: int | None = None


@functools.cache
def teller() -> ProcessPoolExecutor:
    """A process of its own for what a brief has simulated once more, so that nobody's page waits for it."""
    return ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))


def lives_of(one: report.Comparison) -> two_lives.Lives | str:
    """One household's two lives, or why there are none."""
    why = two_lives.refused(one.results, one.policy, one.baseline)
    if why:
        return why
    trees = [one.results.configuration(name) for name in (one.baseline, one.policy)]
    asked = teller().submit(two_lives.between, *trees, seed=one.results.seeds[0], currency=one.results.currency)
    try:
        return asked.result(LIVES) or two_lives.NOBODY
    except (TimeoutError, BrokenProcessPool):
        teller.cache_clear()
        return "The two lives of a household could not be told this time; save the brief once more."


def layout(search: str = "") -> Any:
    """The page for a query part of the address."""
    engine()
    trouble = ""
    try:
        chosen = choices.read(search)
    except ChoiceError as error:
        chosen, trouble = Choices(**choices.DEFAULT), f"{error} What is shown is the page as it begins."
    return html.Div(
        [
            dcc.Store(id="job", storage_type="session"),
            dcc.Store(id="asked", data=chosen.query()),
            dcc.Store(id="view", data="work"),
            dcc.Store(id="world", data="with"),
            dcc.Store(id="mapped", data=shown.MAPPED[0]),
            dcc.Store(id="wanted", data=""),
            dcc.Store(id="drawn", data=""),
            dcc.Interval(id="beat", interval=BEAT),
            dcc.Download(id="brief"),
            html.H1("What would a package of policies change here?"),
            html.P(
                "The same place is simulated twice, month by month: once without and once with the package. People, "
                "firms and luck are the same in both worlds, so what differs is what the package does. Everything "
                "is computed now, on this machine.",
                className="intro",
            ),
            html.Div(trouble, id="message", role="status", className="message"),
            html.Div(
                [
                    controls.panel(chosen),
                    html.Section(results(), className="results", **{"aria-label": "Results"}),
                ],
                className="columns",
            ),
        ]
    )


def results() -> list[Any]:
    """Where results are shown."""
    return [
        html.Div(
            [
                html.Progress(id="bar", value="0", max="100", **{"aria-label": "Months done"}),
                html.P("Getting ready …", id="state", role="status"),
                html.Div(
                    [
                        html.Button("Pause", id="pause", disabled=True, **WHY),
                        html.Button("One month", id="step", disabled=True, **WHY),
                        html.Button("Stop", id="stop", disabled=True, **WHY),
                        html.Button("Run again", id="again", disabled=True, **WHY),
                    ],
                    className="buttons",
                ),
            ],
            className="running",
        ),
        html.Div(id="answer"),
        html.Ul(id="score", className="ten", **{"aria-label": "Ten headline changes"}),
        html.P(id="how", className="quiet how"),
        html.Details([html.Summary("What these words mean"), html.Dl(id="words")]),
        html.Div(
            [
                html.Button("Save the brief", id="save", disabled=True, **{"aria-describedby": "save-why"}),
                html.Button("Copy the link", id="copy"),
                html.Span(id="copied", role="status", className="quiet"),
                html.Small(
                    "The brief can be saved when the run is done; writing it takes some seconds.",
                    id="save-why",
                    className="quiet",
                ),
            ],
            className="buttons",
        ),
        html.H2("Month by month"),
        html.Div(
            [html.Button(title, id=f"view-{name}", className="choice") for name, (title, _) in shown.VIEWS.items()],
            role="group",
            className="buttons",
            **{"aria-label": "What to draw"},
        ),
        html.P(shown.BANDS, className="quiet"),
        html.Div(id="charts", className="charts"),
        html.H2("Who moves, and where the money goes"),
        html.Div(
            [
                html.Button("With the package", id="world-with", className="choice"),
                html.Button("Without", id="world-without", className="choice"),
            ],
            role="group",
            className="buttons",
            **{"aria-label": "Which world"},
        ),
        html.Div(id="streams", className="streams"),
        html.H2("Map of localities"),
        html.Div(id="map-controls"),
        html.Div(id="map-slot"),
        html.Details(
            [
                html.Summary("The same on the command line"),
                html.P("This command makes the same numbers:"),
                html.Pre(html.Code(id="command"), tabIndex=0, className="command"),
            ]
        ),
    ]


def read_controls(values: dict[str, Any]) -> Choices:
    """What the controls say, checked.

    Raises
    ------
    ChoiceError
        One line for the visitor.
    """
    found: dict[str, Any] = {name: values[name] for name in ("place", "package", "around")}
    if choices.shocks_of(values["package"]):
        found["around"] = ""
    for name in LIMITS:
        try:
            found[name] = int(values[name])
        except (TypeError, ValueError):
            low, high = LIMITS[name]
            raise ChoiceError(f"“{name}” must be a whole number from {low:,} to {high:,}.") from None
    if values["package"] == OWN:
        try:
            found["shares"] = tuple(int(values[name] or 0) for name in SHARES)
        except (TypeError, ValueError):
            raise ChoiceError("A slider must stand at a whole number.") from None
    return Choices(**found)


def register(app: Dash) -> None:
    """Its callbacks."""
    named = {name: Input(name, "data") for name in controls.LISTS}
    named |= {"seed": Input("seed", "value")} | {name: Input(name, "value") for name in SHARES}

    @app.callback(
        Output("job", "data"),
        Output("asked", "data"),
        Output("message", "children"),
        Output("command", "children"),
        inputs={
            "values": named,
            "again": Input("again", "n_clicks"),
            "job": State("job", "data"),
            "asked": State("asked", "data"),
            "said": State("message", "children"),
        },
    )
    def apply(values: dict[str, Any], again: int | None, job: str | None, asked: str, said: str) -> Any:
        """Whatever is chosen is run; the run before it is given up."""
        try:
            chosen = read_controls(values)
            query = chosen.query()
            old = engine().find(job)
            if old is not None and old.query == query and old.state not in ("stopped", "failed"):
                return no_update, query, said if ctx.triggered_id is None else "", chosen.command()
            name = engine().ask(chosen.scenarios(), instead_of=job, query=query)
        except (ChoiceError, Busy) as error:
            return no_update, asked, f"{error} What is shown below is from before.", no_update
        return name, query, said if ctx.triggered_id is None else "", chosen.command()

    @app.callback(
        Output("place-about", "children"),
        Output("size-slot", "children"),
        Output("months", "data"),
        Output("seeds", "data"),
        Output("persons", "data"),
        Output("localities", "data"),
        Output("package-slot", "children"),
        Output("package", "data"),
        Input("place", "data"),
        State("package", "data"),
        prevent_initial_call=True,
    )
    def another_place(place: str, package: str) -> Any:
        """A place brings the length and size that suit it."""
        if place not in choices.places():
            return (no_update,) * 8
        own = choices.defaults(place)
        chosen = Choices(place=place, **own)
        sizes = (str(own[name]) for name in ("months", "seeds", "persons", "localities"))
        fits = package if package in (*choices.packages(place), OWN, choices.NONE) else choices.packages(place)[0]
        return no_update, controls.size(chosen), *sizes, controls.ready(place, fits), fits

    @app.callback(
        Output("place-about", "children", allow_duplicate=True),
        Output("package-about", "children"),
        Output("bundle", "hidden"),
        Output("around-slot", "children"),
        Input("place", "data"),
        Input("package", "data"),
        State("around", "data"),
        prevent_initial_call="initial_duplicate",
    )
    def explained(place: str, package: str, around: str) -> Any:
        """What was chosen, in words, and the controls that go with it."""
        if place not in choices.places() or package not in (*choices.packages(place), OWN, choices.NONE):
            return (no_update,) * 4
        return (
            choices.summary("territories", place),
            controls.about_package(package, place),
            package != OWN,
            controls.around(package, around),
        )

    app.clientside_callback(
        ClientsideFunction("remesa", "divide"),
        *(Output(name, "value") for name in SHARES),
        *(Input(name, "value") for name in SHARES),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("budget-left", "children"),
        *(Output(f"amount-{name}", "children") for name in BUNDLE),
        Input("place", "data"),
        *(Input(name, "value") for name in SHARES),
    )
    def divided(place: str, *shares: Any) -> Any:
        """The budget in money."""
        if place not in choices.places():
            return (no_update,) * (1 + len(BUNDLE))
        whole = [int(share) if str(share).isdigit() else 0 for share in shares]
        return controls.left(place, whole), *(controls.amount(place, share) for share in whole)

    @app.callback(
        Output("pause", "title"),
        Input("pause", "n_clicks"),
        Input("step", "n_clicks"),
        Input("stop", "n_clicks"),
        State("job", "data"),
        prevent_initial_call=True,
    )
    def drive(pause: int | None, step: int | None, stop: int | None, name: str | None) -> Any:
        """Pause and go on, one month further, give up."""
        job = engine().find(name)
        if job is None:
            return no_update
        if ctx.triggered_id == "stop":
            engine().stop(name)
        elif ctx.triggered_id == "step":
            engine().go_on(name, until=job.month + 1)
        elif job.state == "running":
            engine().pause(name)
        else:
            engine().go_on(name)
        return no_update

    @app.callback(
        Output("seed", "value"),
        Input("again", "n_clicks"),
        State("job", "data"),
        State("seed", "value"),
        prevent_initial_call=True,
    )
    def other_luck(again: int | None, name: str | None, seed: Any) -> Any:
        """The next seeds, where these are done; what was stopped begins anew with its own."""
        job = engine().find(name)
        if job is None or job.state != "done":
            return no_update
        after = int(seed) + len(job.runs) // len(job.scenarios)
        return after if after <= LIMITS["seed"][1] else LIMITS["seed"][0]

    shown_by = {"view": shown.VIEWS, "world": ("with", "without")}
    for store, names in shown_by.items():
        app.clientside_callback(
            ClientsideFunction("remesa", "pressed"),
            Output(store, "data"),
            [Input(f"{store}-{name}", "n_clicks") for name in names],
            prevent_initial_call=True,
        )

    @app.callback(
        Output("bar", "value"),
        Output("state", "children"),
        Output("pause", "children"),
        Output("pause", "disabled"),
        Output("step", "disabled"),
        Output("stop", "disabled"),
        Output("again", "disabled"),
        Output("again", "children"),
        Output("save", "disabled"),
        Output("beat", "interval"),
        Output("wanted", "data"),
        Input("beat", "n_intervals"),
        Input("job", "data"),
        Input("pause", "title"),
        State("wanted", "data"),
        State("drawn", "data"),
        running=[(Output("beat", "disabled"), True, False)],  # the next look comes after this one
    )
    def watch(beats: int, name: str | None, driven: Any, wanted: str, drawn: str) -> Any:
        """What is running; and whether to draw it again, which waits until the last drawing has arrived."""
        job = engine().find(name)
        if job is None:
            return (
                0,
                state_of(None),
                "Pause",
                True,
                True,
                True,
                engine().ready is False,
                "Run again",
                True,
                BEAT,
                no_update,
            )
        live, done = job.state in ("running", "paused"), job.state == "done"
        now, key = time.monotonic(), f"{job.name}.{job.version}"
        before, _, since = wanted.rpartition("@")
        arrived = drawn == wanted or now - float(since or 0) > PATIENCE
        draws = job.month > 0 and key != before and arrived
        return (
            round(100 * job.share),
            state_of(job),
            "Go on" if job.state == "paused" else "Pause",
            not live,
            not live,
            not live,
            live,
            "Try other luck" if done else "Run again",
            not done,
            BEAT if live or key != before else IDLE,
            f"{key}@{now}" if draws else no_update,
        )

    @app.callback(
        Output("answer", "children"),
        Output("score", "children"),
        Output("how", "children"),
        Output("words", "children"),
        Output("charts", "children"),
        Output("streams", "children"),
        Output("map-controls", "children"),
        Output("map-slot", "children"),
        Output("drawn", "data"),
        Input("wanted", "data"),
        Input("view", "data"),
        Input("world", "data"),
        Input("mapped", "data"),
        State("job", "data"),
        prevent_initial_call=True,
    )
    def draw(wanted: str, view: str, world: str, mapped: str, name: str | None) -> Any:
        """Everything that is shown, from the months done so far."""
        job = engine().find(name)
        if view not in shown.VIEWS or world not in shown_by["world"] or mapped not in shown.MAPPED:
            raise PreventUpdate
        if job is None or not job.month:
            return (no_update,) * 8 + (wanted,)
        return *pictures(job, job.state, view, world, mapped), wanted

    app.clientside_callback(
        ClientsideFunction("remesa", "marked"),
        Output("view-work", "title"),
        Input("view", "data"),
        Input("world", "data"),
    )
    app.clientside_callback(ClientsideFunction("remesa", "address"), Output("copy", "title"), Input("asked", "data"))
    app.clientside_callback(
        ClientsideFunction("remesa", "copy"),
        Output("copied", "children"),
        Input("copy", "n_clicks"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("brief", "data"),
        Output("message", "children", allow_duplicate=True),
        Input("save", "n_clicks"),
        State("job", "data"),
        prevent_initial_call=True,
        running=[
            (Output("save", "disabled"), True, False),
            (Output("save", "children"), "Writing …", "Save the brief"),
        ],
    )
    def save(clicks: int | None, name: str | None) -> Any:
        """The brief of what was run, as one file."""
        job = engine().find(name)
        if not clicks or job is None or job.state != "done":
            return no_update, "The brief can be saved when the run is done."
        with _ONE_BRIEF:
            one = report.comparison(Held(job))
            text = report.render(one, lives_of(one))
        return {"content": text, "filename": "brief.html", "type": "text/html"}, ""


def pictures(job: Job, state: str, view: str, world: str, mapped: str) -> tuple[Any, ...]:
    """Everything that is drawn from the months done so far; ``state`` is the job's when it was looked at."""
    held = Held(job)
    several = any(group.startswith("locality=") for group in held.groups)
    return (
        html.Div(shown.answer(held, state == "done"), **{"data-for": job.query, "data-state": state}),
        shown.scorecard(held),
        how(held),
        shown.meanings(held),
        shown.charts(held, view, job.months),
        shown.streams(held, world),
        controls.chooser("mapped", "Colour by", [(n, held.indicators[n]["title"]) for n in shown.MAPPED], mapped)
        if several
        else html.P(
            "This place is simulated as one locality, so there is nothing to map; choose more under “Length, size and "
            "luck”.",
            className="quiet",
        ),
        shown.place_map(held, mapped) if several else "",
    )


def how(held: Held) -> str:
    """How to read the cards."""
    pairs = len(held.seeds)
    if pairs < 2:
        return (
            f"Each number is the difference between the two worlds, mean of {shown.window(held)}. One pair of worlds "
            "cannot tell chance from effect: choose more pairs."
        )
    return (
        f"Each number is the mean difference between the two worlds over {pairs} pairs, mean of "
        f"{shown.window(held)}. The bar is its 90 % interval, the black line is zero. Grey: the interval includes "
        "zero, so the model cannot tell. The interval covers luck, not mistakes in the model."
    )


def state_of(job: Job | None) -> str:
    """What is going on, in a sentence."""
    if job is None:
        return engine().said or "Nothing is running. Choose something, or press “Run again”."
    worlds = f"{len(job.runs)} worlds"
    month = f"month {job.month} of {job.months}"
    if job.state == "running":
        if not job.month:
            return f"{engine().said or 'Building the place'} …"
        left = job.left()
        return f"{worlds}, {month}" + (f"; about {max(1, round(left))} s left" if left is not None else "")
    if job.state == "paused":
        return f"Paused at {month}."
    if job.state == "stopped":
        return f"Stopped at {month}. “Run again” begins anew."
    if job.state == "failed":
        return f"This could not be run: {job.trouble}"
    known = f" {job.remembered} of them had been run before." if job.remembered else ""
    return f"Done: {worlds}, {job.months} months each.{known}"
