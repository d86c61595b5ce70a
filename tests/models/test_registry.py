"""What a network takes is what it declares, and it says so to whoever asks for something else."""

import pytest
import torch

from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.models import ModelSpec, build_model, list_models, usual_input
from tsm_demo.models.registry import register, settings

CHANGED = {"fold_div": 4, "placement": "in_place", "width": 16, "last_stride": 1, "attention": "gaussian"}
RESNET, SHIFT = {"width", "last_stride"}, {"fold_div", "placement"}


def takes(name: str) -> set[str]:
    """What means something for a network: the shift's settings where there is one, the ResNet's where it is ours."""
    if name in ("c3d", "i3d_inception", "r3d_18"):
        return set()
    if name == "tsm_resnet50_nl":
        return RESNET | SHIFT | {"attention"}
    return RESNET | SHIFT if name.startswith("tsm") else RESNET


@pytest.mark.parametrize("name", list_models())
def test_settings_that_mean_nothing_are_refused(name: str) -> None:
    assert set(settings(name)) == takes(name)
    for setting, value in CHANGED.items():
        with torch.device("meta"):
            if setting in takes(name):
                assert getattr(build_model(name, **{setting: value}).spec, setting) == value
            else:
                with pytest.raises(ModelError, match=f"{name} has no {setting} to choose"):
                    build_model(name, **{setting: value})


def test_all_that_is_refused_is_named() -> None:
    with pytest.raises(ModelError, match="c3d has no fold_div and no width to choose: leave"):
        build_model("c3d", fold_div=4, width=32)
    with pytest.raises(ShapeError, match="fold_div is 1"):  # wrong everywhere
        build_model("c3d", fold_div=1)


@pytest.mark.parametrize("name", list_models())
def test_the_number_of_frames_is_the_usual_one_unless_another_is_asked_for(name: str) -> None:
    usual = usual_input(name).frames
    with torch.device("meta"):
        assert build_model(name).spec.n_segment == ModelSpec(name).n_segment == usual
        assert build_model(name, n_segment=8).spec == ModelSpec(name, n_segment=8)


def test_unknown_names() -> None:
    for ask in (usual_input, settings, build_model, ModelSpec):
        with pytest.raises(ModelError, match=r"no network called 'c4d'; choose one of c3d, "):
            ask("c4d")


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="'c3d' is registered twice"):
        register("c3d")(lambda spec: pytest.fail("built"))


def test_gst_needs_quarters() -> None:
    with pytest.raises(ModelError, match="width of at least 4"):
        build_model("gst_resnet50", width=3)
    for width in (4, 5, 7):
        assert build_model("gst_resnet50", 5, width=width)(torch.zeros(1, 1, 3, 16, 16)).shape == (1, 5)
