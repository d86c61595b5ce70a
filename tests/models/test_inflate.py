"""The boring-video check: on a clip in which nothing moves, an inflated network gives the 2D network's answer.

Zeros take the place of frames beyond the ends, so exactly two things hold. At a time step that no path leads to from
beyond an end, the maps are the 2D network's; and with the clip's ends repeated in place of the zeros, so is the answer.
"""

import re

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn

from tests.models.lively_network import clips, lively, small
from tsm_demo.core.errors import ModelError
from tsm_demo.models import build_model
from tsm_demo.models.inflate import inflate

RESNETS = {"cnn3d_resnet18": "tsn_resnet18", "cnn3d_resnet50": "tsn_resnet50", "i3d_resnet50": "tsn_resnet50"}
# Frames that a change travels, by hand. cnn3d: 3 in the stem, 1 in each of 16 kernels of 3. i3d_resnet50: 2 in the stem;
# at 4 frames a step 1 in each of 3 blocks; at 8 frames a step 1 in each of 6; the pool of two steps in between, 4.
REACH = {"cnn3d_resnet18": 3 + 16, "cnn3d_resnet50": 3 + 16, "i3d_resnet50": 2 + 4 * 3 + 4 + 8 * 6}
FRAMES_A_STEP = {"i3d_resnet50": 8}


def pair(name: str) -> tuple[nn.Module, nn.Module]:
    """The 2D network, and the 3D one with its weights inflated."""
    flat, deep = (
        small(RESNETS[name]),
        small(name) if "cnn3d" in name else build_model(name, 5, width=8).double(),
    )
    deep.load_state_dict(inflate(flat.state_dict(), deep.state_dict()))
    return flat, deep


@pytest.mark.parametrize("name", RESNETS)
@torch.no_grad()
def test_within_a_still_clip_the_maps_are_the_2d_networks(name: str) -> None:
    flat, deep = pair(name)
    a_step = FRAMES_A_STEP.get(name, 1)
    frames = 2 * REACH[name] + a_step
    frames += -frames % a_step
    frame = clips(1, 1)
    maps = deep.features(frame.expand(-1, frames, -1, -1, -1))
    assert len(maps) == frames // a_step
    expected = flat.features(frame)[0]
    torch.testing.assert_close(maps[len(maps) // 2], expected, rtol=0, atol=1e-4 * float(expected.std()))
    assert (maps[0] - expected).abs().max() > 1e-2 * expected.std()  # at the ends, zeros are seen


@pytest.mark.parametrize("frames", [5, 8, 13])
@pytest.mark.parametrize("name", RESNETS)
@torch.no_grad()
def test_with_the_ends_repeated_the_answer_is_the_2d_networks(name: str, frames: int) -> None:
    flat, deep = pair(name)
    x = clips(2, 1)
    expected = flat(x)
    still = x.expand(-1, frames, -1, -1, -1)
    assert (deep(still) - expected).abs().max() > 1e-3 * expected.std()  # with zeros, it is not
    repeat_ends(deep)
    torch.testing.assert_close(deep(still), expected, rtol=0, atol=1e-4 * float(expected.std()))


def repeat_ends(model: nn.Module) -> None:
    """Have every convolution see the first and the last time step again and again beyond the ends."""
    for module in model.modules():
        if isinstance(module, nn.Conv3d) and module.padding[0]:
            outside = module.padding[0]
            module.padding = (0, *module.padding[1:])
            module.register_forward_pre_hook(
                lambda _, given, n=outside: F.pad(given[0], (0, 0, 0, 0, n, n), mode="replicate")
            )


@torch.no_grad()
def test_i3d_inflated_from_torchvisions_inception() -> None:
    # 31 pixels: 16, 8, 4, 2, 1 on the way. On an odd side TensorFlow's padding is torch's in the first convolution, and
    # on even ones in the pools, so there the two networks are the same. A change travels 3 frames in the first
    # convolution; at 2 frames a step 1 each in 2c, 3b and 3c and 2 in pool 4a; at 4, 1 each in 4b to 4f and pool 5a; at
    # 8, 1 each in 5b and 5c: 3 + 2 x 5 + 4 x 6 + 8 x 2 = 53 frames. Step 8 of 16 has 64 on either side.
    torch.manual_seed(8)
    inception = torchvision.models.googlenet(
        weights=None, num_classes=5, aux_logits=False, init_weights=False, transform_input=False
    )
    frame = clips(1, 1, 31).float()
    lively(inception, clips(4, 1, 31)[:, 0].float())
    # By name: theirs have branches 1 to 4, ours 0 to 3, and our layers open with their pool.
    theirs = {
        ours(name): value for name, value in inception.state_dict().items() if not name.startswith("fc.")
    }
    deep = build_model("i3d_inception", 5)
    head = {name: value for name, value in deep.state_dict().items() if name.startswith("logits")}
    deep.load_state_dict(inflate(theirs | head, deep.state_dict()))

    seen: list[Tensor] = []
    inception.inception5b.register_forward_hook(lambda _, given, out: seen.append(out))
    inception(frame[0])
    maps = deep.features(frame.expand(-1, 128, -1, -1, -1))
    expected = seen[0][0]
    assert maps.shape == (16, 1024, 1, 1)
    torch.testing.assert_close(maps[8], expected, rtol=0, atol=1e-4 * float(expected.std()))
    assert (maps[0] - expected).abs().max() > 1e-2 * expected.std()


def ours(name: str) -> str:
    """The name of torchvision's GoogLeNet's weight in I3D."""
    firsts = {"conv1": "conv_1a", "conv2": "conv_2b", "conv3": "conv_2c"}
    first, rest = name.split(".", 1)
    if first in firsts:
        return f"{firsts[first]}.{rest}"
    level, letter = re.fullmatch(r"inception(\d)(\w)", first).groups()
    branch, rest = rest.split(".", 1)
    return f"mixed_{level}.{'abcde'.index(letter) + 1}.branch{int(branch[-1]) - 1}.{rest}"


def test_kernels_by_hand() -> None:
    flat = {"conv.weight": torch.tensor([6.0, -9.0]).view(1, 2, 1, 1), "conv.bias": torch.tensor([5.0])}
    deep = inflate(flat, {"conv.weight": torch.empty(1, 2, 3, 1, 1), "conv.bias": torch.empty(1)})
    assert deep["conv.weight"][:, :, :, 0, 0].tolist() == [[[2, 2, 2], [-3, -3, -3]]]
    assert deep["conv.bias"].tolist() == [5]
    deep["conv.bias"][0] = 7
    assert flat["conv.bias"].tolist() == [5], "the 2D network's weights are its own"


@pytest.mark.parametrize("other", [(2, 2, 3, 1, 1), (1, 2, 3, 3, 3), (1, 2, 1), (2, 2, 1, 1)])
def test_other_shapes(other: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match=r"conv.weight is \(1, 2, 1, 1\), which cannot be inflated to"):
        inflate({"conv.weight": torch.ones(1, 2, 1, 1)}, {"conv.weight": torch.empty(other)})


def test_other_names() -> None:
    with torch.device("meta"):
        flat, deep = build_model("tsn_resnet18", 5), build_model("cnn3d_resnet50", 5)
    with pytest.raises(ModelError, match="do not have the same weights"):
        inflate(flat.state_dict(), deep.state_dict())
