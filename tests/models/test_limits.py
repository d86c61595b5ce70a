"""Which T and sides a network takes: it runs up to the borders, really fails beyond them, and says what to give."""

import pytest
import torch

from tsm_demo.core.errors import ShapeError
from tsm_demo.models import build_model, list_models
from tsm_demo.models.video_network import Limits

# name: frames and sides just within the limits, just beyond them, and the sentence.
BORDERS = {
    "c3d": (
        [(16, 96, 96), (16, 127, 127), (31, 96, 127), (31, 112, 112)],
        [(15, 112, 112), (32, 112, 112), (16, 95, 112), (16, 112, 95), (16, 128, 112), (16, 112, 128)],
        "c3d takes 16 to 31 frames of 96 to 127 pixels a side",
    ),
    "i3d_inception": (
        [(9, 224, 224), (9, 1, 1), (10, 33, 50), (65, 32, 32)],
        [(8, 224, 224), (1, 32, 32)],
        "i3d_inception takes at least 9 frames of at least 1 pixel a side",
    ),
    "i3d_resnet50": (
        [(5, 224, 224), (5, 1, 1), (7, 33, 50)],
        [(4, 224, 224), (1, 32, 32)],
        "i3d_resnet50 takes at least 5 frames of at least 1 pixel a side",
    ),
    "tsm_resnet50_nl": (
        [(1, 17, 17), (3, 17, 40)],
        [(8, 16, 17), (8, 17, 16)],
        "tsm_resnet50_nl takes at least 1 frame of at least 17 pixels a side",
    ),
}
ANY = [name for name in list_models() if name not in BORDERS]


def clips(frames: int, height: int, width: int) -> torch.Tensor:
    return torch.empty(2, frames, 3, height, width, device="meta")


@pytest.mark.parametrize("name", BORDERS)
def test_up_to_the_borders(name: str) -> None:
    with torch.device("meta"):
        model = build_model(name, 7)
    for shape in BORDERS[name][0]:
        assert model(clips(*shape)).shape == (2, 7)


@pytest.mark.parametrize(
    ("name", "shape"), [(name, shape) for name, (_, beyond, _) in BORDERS.items() for shape in beyond]
)
def test_beyond_the_borders(name: str, shape: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    with torch.device("meta"):
        model = build_model(name, 7)
    frames, height, width = shape
    sentence = f"{BORDERS[name][2]}; this clip has {frames} frames of {height} x {width}."
    with pytest.raises(ShapeError) as refused:
        model(clips(*shape))
    assert str(refused.value) == sentence
    monkeypatch.setattr(type(model), "limits", Limits())
    with pytest.raises(RuntimeError):  # no limit is tighter than the network
        model(clips(*shape))


@pytest.mark.parametrize("name", ANY)
def test_the_others_take_any(name: str) -> None:
    with torch.device("meta"):
        model = build_model(name, 7)
    for shape in [(1, 1, 1), (3, 33, 50), (17, 64, 64)]:
        assert model(clips(*shape)).shape == (2, 7)
    with pytest.raises(
        ShapeError, match="at least 1 frame of at least 1 pixel a side; this clip has 0 frames"
    ):
        model(clips(0, 32, 32))


@pytest.mark.parametrize("name", list_models())
@pytest.mark.parametrize("shape", [(16, 3, 112, 112), (1, 16, 1, 112, 112), (1, 3, 16, 112, 112)])
def test_what_is_no_batch_of_clips(name: str, shape: tuple[int, ...]) -> None:
    with torch.device("meta"):
        model = build_model(name)
    with pytest.raises(ShapeError, match=r"takes clips \(N, T, 3, H, W\); this has shape"):
        model(torch.empty(shape, device="meta"))
