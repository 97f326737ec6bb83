"""A place in Mesa's own browser view, for modellers who know it: ``solara run analysis/view.py``.

An optional extra (``pip install "remesa[view]"``). The view loads scripts from the network, so it stays
blank offline; for a class or a council the report is the better door.
"""

from __future__ import annotations

from typing import Any

import mesa

from scenarios.configuration import compose
from scenarios.library import policies, territories
from sim.indicators import INDICATORS
from sim.model import Remesa

SHOWN = (
    ("participation_women", "participation_men"),
    ("unemployment", "prevalence"),
    ("remittance_dependency", "poverty"),
    ("price_index",),
)


class Viewed(Remesa):
    """A model that Mesa's view can build again from plain values, and that collects indicators as it goes.

    Parameters
    ----------
    territory, policy : names of a shipped place and of a shipped policy, or "none"
    population : persons at the start
    seed : of the random numbers
    """

    def __init__(
        self, territory: str = "teaching_toy_village", policy: str = "none", population: int = 256, seed: int = 1
    ) -> None:
        asked = [f"territory={territory}", f"population={population}", f"seed={seed}", "months=600"]
        if policy != "none":
            asked.append(f"policies=[{policy}]")
        super().__init__(compose(asked).setup(seed))
        while self.world.month < self.setup.burn_in:
            super().step()
        names = [name for panel in SHOWN for name in panel]
        self.datacollector = mesa.DataCollector(
            model_reporters={name: lambda model, name=name: float(model.recorder.series(name)[-1]) for name in names}
        )

    def step(self) -> None:
        """One month, and its indicators."""
        super().step()
        self.datacollector.collect(self)


def choices() -> dict[str, Any]:
    """What a visitor may choose, in the form of Mesa's view."""
    return {
        "territory": {
            "type": "Select", "value": "teaching_toy_village", "values": territories(), "label": "Place",
        },
        "policy": {"type": "Select", "value": "none", "values": ["none", *policies()], "label": "Policy"},
        "population": {
            "type": "SliderInt", "value": 256, "min": 100, "max": 5000, "step": 100, "label": "Persons",
        },
        "seed": {"type": "SliderInt", "value": 1, "min": 1, "max": 50, "step": 1, "label": "Seed"},
    }  # fmt: skip


def view() -> Any:
    """The page: controls, and one panel of time series for each entry of `SHOWN`."""
    from mesa.visualization import SolaraViz, make_plot_component

    def labelled(panel: tuple[str, ...]) -> Any:
        units = {INDICATORS[name].unit for name in panel}

        def finish(axes: Any) -> None:
            axes.set_xlabel("month")
            axes.set_ylabel(", ".join(sorted(units)))
            axes.legend([INDICATORS[name].title for name in panel], frameon=False)

        return make_plot_component(list(panel), post_process=finish)

    return SolaraViz(Viewed(), components=[labelled(panel) for panel in SHOWN], model_params=choices(), name="REMESA")


if __name__ == "__main__":
    page = view()
