"""TSM's relatives, small enough for a test, and clips that each of them takes."""

import pytest
import torch
from torch import Tensor

from tests.models.lively_network import clips, lively
from tsm_demo.models import build_model, c3d, i3d_inception
from tsm_demo.models.video_network import VideoNetwork

RELATIVES = (
    "c3d",
    "cnn_lstm_resnet50",
    "gst_resnet50",
    "i3d_inception",
    "i3d_resnet50",
    "r3d_18",
    "tsm_resnet50_nl",
)
SMALL_C3D = {"conv1": (4,), "conv2": (6,), "conv3": (8, 8), "conv4": (8, 8), "conv5": (10, 12)}
SMALL_MIXED = {
    name: ((4, 6, 4, 2, 4, 4),) * count for name, count in (("mixed_3", 2), ("mixed_4", 5), ("mixed_5", 2))
}
FRAMES = {"c3d": 16, "i3d_inception": 17, "i3d_resnet50": 8, "r3d_18": 8}
SIDES = {"c3d": 96}


def relative(name: str, monkeypatch: pytest.MonkeyPatch) -> VideoNetwork:
    """A network for five classes, slim where it can be, whose batch norms have seen data."""
    monkeypatch.setattr(c3d, "CHANNELS", SMALL_C3D)
    monkeypatch.setattr(c3d, "POOLED", 12 * 16)
    monkeypatch.setattr(c3d, "HIDDEN", 32)
    monkeypatch.setattr(i3d_inception, "MIXED", SMALL_MIXED)
    torch.manual_seed(2)
    slim = {} if name in ("c3d", "i3d_inception", "r3d_18") else {"width": 8}
    model = build_model(name, 5, **slim)
    lively(model, some_clips(name, 2))
    return model


def some_clips(name: str, n: int = 2) -> Tensor:
    """(n, T, 3, side, side) float32, T and side such that the network takes them."""
    return clips(n, FRAMES.get(name, 4), SIDES.get(name, 32)).float()
