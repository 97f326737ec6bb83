"""Mesa's browser view: what it needs of a model, and, where the extra is installed, the page itself."""

import numpy as np
import pytest

from analysis.view import SHOWN, Viewed, choices, view
from sim.indicators import INDICATORS


def test_a_viewed_model_has_what_the_view_asks_for_and_is_built_again_alike(small_world):
    small_world(population=200, burn_in=0)  # compiled, whoever comes first
    chosen = {name: spec["value"] for name, spec in choices().items()} | {"population": 120}
    model = Viewed(**chosen)
    for _ in range(3):
        model.step()
    again = type(model)(**chosen)
    for _ in range(3):
        again.step()
    assert model.running and model.time >= 3
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame.columns) == [name for panel in SHOWN for name in panel] and len(frame) == 3
    assert np.isfinite(frame.to_numpy()).all()
    assert frame.equals(again.datacollector.get_model_vars_dataframe())


def test_every_policy_and_place_can_be_chosen_and_every_panel_is_known():
    assert {"none", "child_care_places"} <= set(choices()["policy"]["values"])
    assert "diourbel" in choices()["territory"]["values"]
    assert {name for panel in SHOWN for name in panel} <= set(INDICATORS)


@pytest.mark.slow
def test_the_page_draws_every_panel():
    solara = pytest.importorskip("solara", reason="the extra view is not installed")
    ipywidgets = pytest.importorskip("ipywidgets")

    @solara.component
    def page():
        view()

    _, rendered = solara.render(page(), handle_error=False)
    try:
        pictures = rendered.find(ipywidgets.Image).widgets
        assert len(pictures) == len(SHOWN)
        assert all(len(picture.value) > 2_000 for picture in pictures)
    finally:
        rendered.close()
