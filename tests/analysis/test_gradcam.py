"""Maps agree with captum and with arithmetic done by hand, and a shared network is left as it was."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from captum.attr import LayerGradCam
from torch import Tensor, nn

from tests.models.tiny_network import tiny_network
from tsm_demo.analysis.gradcam import grad_cam, raw_grad_cam
from tsm_demo.core.errors import ModelError, ShapeError

T, SIZE, CLASSES = 8, 64, 12
NETWORKS = ("tsn_resnet18", "tsm_resnet18", "tsm_online_resnet18", "cnn_lstm_resnet50", "tsm_resnet50_nl")


def random_clip(size: int = SIZE, seed: int = 1) -> Tensor:
    """(T, 3, size, size): noise, as different from frame to frame as frames can be."""
    return torch.randn(T, 3, size, size, generator=torch.Generator().manual_seed(seed))


class OfFrames(nn.Module):
    """A clip's logits (1, CLASSES) from its frames (T, 3, H, W), the form that captum takes."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, frames: Tensor) -> Tensor:
        return self.model(frames[None])


class TwoLines:
    """Frames are their own maps; a clip's logits are the mean of half the sum of a frame's squares, and minus that."""

    layers = ("layer4",)

    def features(self, clips: Tensor, layer: str | None = None) -> Tensor:
        return clips.flatten(0, 1)

    def clip_logits(self, features: Tensor, steps: int, layer: str | None = None) -> Tensor:
        half = features.square().sum((1, 2, 3)) / 2
        return torch.stack([half, -half], dim=1).unflatten(0, (-1, steps)).mean(1)


# Two frames of one channel, two cells wide. The clip's logit is the mean of the frames', so each cell's gradient is
# half its value: channel weights (1 + 3) / 4 = 1 and (2 - 1) / 4 = 0.25.
BY_HAND = torch.tensor([[1.0, 3.0], [2.0, -1.0]]).view(2, 1, 1, 2)


@pytest.mark.parametrize("layer", ["layer3", "layer4"])
@pytest.mark.parametrize("name", NETWORKS)
def test_agrees_with_captum(name: str, layer: str) -> None:
    model, clip = tiny_network(name), random_clip()
    oracle = LayerGradCam(OfFrames(model), getattr(model, layer)[-1])
    lit, targets = 0, range(CLASSES if "18" in name else 4)
    for target in targets:
        theirs = oracle.attribute(clip, target=target, relu_attributions=True).detach()[:, 0]
        largest = theirs.max()
        raw = raw_grad_cam(model, clip, target, layer)
        torch.testing.assert_close(raw, theirs, rtol=1e-4, atol=1e-4 * float(largest))
        if largest > 0:
            lit += 1
            ours = grad_cam(model, clip, target, layer)
            torch.testing.assert_close(ours, theirs / largest, rtol=0, atol=1e-4)
            assert ours.flatten(1).std(1).max() > 0.05, "a flat map would agree with anything"
    assert lit >= len(targets) // 2


@pytest.mark.parametrize("target", range(4))
def test_agrees_with_captum_where_there_are_fewer_steps_than_frames(target: int) -> None:
    # Captum takes one mean gradient for the whole clip. Above the last layer the network is linear, so that every step
    # has the same.
    model, clip = tiny_network("i3d_resnet50"), random_clip()
    oracle = LayerGradCam(model, model.layer4[-1])
    theirs = oracle.attribute(clip[None], target=target, relu_attributions=True).detach()[0, 0]
    raw = raw_grad_cam(model, clip, target)
    assert raw.shape == (1, 2, 2)  # 8 frames: 4, 2, 1
    torch.testing.assert_close(raw, theirs, rtol=1e-4, atol=1e-4 * float(theirs.max()))


@pytest.mark.parametrize(("target", "maps"), [(0, [[[1, 3]], [[0.5, 0]]]), (1, [[[0, 0]], [[0, 0.25]]])])
def test_by_hand(target: int, maps: list) -> None:
    raw = raw_grad_cam(TwoLines(), BY_HAND, target)
    assert raw.dtype == torch.float32
    assert raw.tolist() == maps


@pytest.mark.parametrize(
    ("target", "scale", "maps"),
    [
        (0, "clip", [1 / 3, 1, 1 / 6, 0]),
        (0, "frame", [1 / 3, 1, 1, 0]),
        (1, "clip", [0, 0, 0, 1]),
        (1, "frame", [0, 0, 0, 1]),  # the frame where nothing speaks for the class stays dark
    ],
)
def test_one_scale_for_the_clip_or_one_a_frame(target: int, scale, maps: list[float]) -> None:
    assert grad_cam(TwoLines(), BY_HAND, target, scale=scale).flatten().tolist() == pytest.approx(maps)


@pytest.mark.parametrize("scale", ["clip", "frame"])
def test_nothing_speaks_for_the_class(scale) -> None:
    model = tiny_network()
    with torch.no_grad():
        model.fc.weight[5] = -1.0  # maps are never negative after the last ReLU
    assert torch.equal(grad_cam(model, random_clip(), 5, scale=scale), torch.zeros(T, 2, 2))


@pytest.mark.parametrize("layer", ["layer3", "layer4"])
def test_maps_of_the_finished_size_have_seven_cells_a_side(layer: str) -> None:
    maps = grad_cam(tiny_network(last_stride=1), random_clip(112), 0, layer)
    assert maps.shape == (T, 7, 7)
    assert maps.min() >= 0
    assert maps.max() == 1


@pytest.mark.parametrize("trainable", [True, False])
def test_the_model_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch, trainable: bool) -> None:
    model = tiny_network().requires_grad_(trainable)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    for hook in [name for name in dir(nn.Module) if name.startswith("register_") and name.endswith("_hook")]:
        monkeypatch.setattr(nn.Module, hook, lambda *_: pytest.fail("a hook, however short its life"))
    clip = random_clip()
    maps = [grad_cam(model, clip, 3, layer) for layer in ("layer3", "layer4")]

    assert not any(each.requires_grad for each in (*maps, clip))
    after = model.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    assert not any(module.training for module in model.modules())
    for parameter in model.parameters():
        assert parameter.grad is None
        assert parameter.requires_grad is trainable
    for module in model.modules():
        hooks = {name: value for name, value in vars(module).items() if name.endswith("_hooks")}
        assert "_forward_hooks" in hooks
        assert not any(hooks.values())


def test_deterministic_also_when_many_ask_at_once() -> None:
    model = tiny_network().requires_grad_(False)
    clips = [random_clip(seed=seed) for seed in range(3)]
    asked = [(clip, target, layer) for clip in clips for target in (0, 7) for layer in ("layer3", "layer4")]

    def maps(question: tuple[Tensor, int, str]) -> Tensor:
        return grad_cam(model, *question)

    alone = [maps(question) for question in asked]
    assert all(torch.equal(maps(question), map_) for question, map_ in zip(asked, alone, strict=True))
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(maps, asked * 2))
    assert all(torch.equal(one, other) for one, other in zip(alone * 2, together, strict=True))


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("trainable", [True, False])
def test_works_for_a_caller_who_wants_no_gradients(mode, trainable: bool) -> None:
    model = tiny_network().requires_grad_(trainable)
    expected = grad_cam(model, random_clip(), 2, "layer3")
    with mode():
        assert torch.equal(grad_cam(model, random_clip(), 2, "layer3"), expected)


@pytest.mark.parametrize(
    ("error", "change"),
    [
        (ShapeError, {"clip": random_clip()[None]}),
        (ShapeError, {"clip": random_clip()[0]}),
        (ModelError, {"layer": "layer2"}),
        (ModelError, {"layer": "fc"}),
        (ModelError, {"target": CLASSES}),
        (ModelError, {"target": -1}),
    ],
)
def test_what_cannot_be_explained(error: type[Exception], change: dict) -> None:
    with pytest.raises(error):
        grad_cam(tiny_network(), **{"clip": random_clip(), "target": 0} | change)
