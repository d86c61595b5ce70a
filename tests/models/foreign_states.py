"""State dicts as MIT's and MMAction2's code name them, and networks of torchvision's that shift as theirs do."""

import re
import zlib
from collections.abc import Mapping

import numpy as np
import torch
import torchvision
from torch import Tensor, nn


def recipe_weights(keys: Mapping[str, list[int]], seed: int) -> dict[str, Tensor]:
    """Weights that anyone can make again: drawn for each key, by a generator that its name and the seed start.

    Of a key with `module.` before it, the rest is what counts.
    """
    return {key: _drawn(key.removeprefix("module."), tuple(shape), seed) for key, shape in keys.items()}


def _drawn(key: str, shape: tuple[int, ...], seed: int) -> Tensor:
    rs = np.random.RandomState((zlib.crc32(key.encode()) + seed) % 2**32)
    if key.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    if key.endswith("running_mean"):
        value = 0.1 * rs.standard_normal(shape)
    elif key.endswith("running_var"):
        value = rs.uniform(0.5, 1.5, shape)
    elif len(shape) == 1 and key.endswith("weight"):
        value = rs.uniform(0.2, 0.6, shape)
    elif key.endswith("bias"):
        value = 0.05 * rs.standard_normal(shape)
    else:
        value = np.sqrt(2 / np.prod(shape[1:])) * rs.standard_normal(shape)
    return torch.from_numpy(np.asarray(value, np.float32))


def recipe_clip(seed: int, frames: int, size: int = 224) -> Tensor:
    """(1, T, 3, size, size) float32: the clip that goes with the weights."""
    noise = np.random.RandomState(seed).standard_normal((1, frames, 3, size, size))
    return torch.from_numpy(noise.astype(np.float32))


class Shifted(nn.Module):
    """A layer before which an eighth of the channels comes from the next frame and an eighth from the one before.

    Written frame by frame, by assignment, unlike the shift that is tested.
    """

    def __init__(self, net: nn.Module, frames: int) -> None:
        super().__init__()
        self.net, self.frames = net, frames

    def forward(self, x: Tensor) -> Tensor:
        shifted, fold = x.clone(), x.shape[1] // 8
        for row in range(len(x)):
            t = row % self.frames
            shifted[row, :fold] = x[row + 1, :fold] if t + 1 < self.frames else 0
            shifted[row, fold : 2 * fold] = x[row - 1, fold : 2 * fold] if t else 0
        return self.net(shifted)


def torchvision_network(depth: int, classes: int, place: str | None, frames: int, seed: int = 0) -> nn.Module:
    """torchvision's ResNet, shifted as the two code bases do it: "blockres", "block" or None, not at all.

    Frames (T, 3, H, W) to their logits (T, classes). Every tensor that the network has makes a difference.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = getattr(torchvision.models, f"resnet{depth}")(num_classes=classes).eval()
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.normal_(module.running_mean, std=0.2)
                nn.init.uniform_(module.running_var, 0.5, 2)
                nn.init.uniform_(module.weight, 0.3, 0.8)
                nn.init.normal_(module.bias, std=0.2)
    for stage in (net.layer1, net.layer2, net.layer3, net.layer4):
        for index, block in enumerate(stage):
            if place == "block":
                stage[index] = Shifted(block, frames)
            elif place == "blockres" and (depth != 101 or index % 2 == 0):
                block.conv1 = Shifted(block.conv1, frames)
    return net


def mit_state(net: nn.Module, prefix: str = "module.") -> dict[str, Tensor]:
    """As MIT's main.py saves it: torchvision's names under `base_model`, the wrappers' `net` in them, and `new_fc`."""
    return {
        prefix + (f"new_{name}" if name.startswith("fc.") else f"base_model.{name}"): value
        for name, value in net.state_dict().items()
    }


def mmaction2_state(net: nn.Module) -> dict[str, Tensor]:
    """As MMAction2 saves it: a convolution and its norm are one module, and a shift stands inside that."""
    state = {}
    for name, value in net.state_dict().items():
        name = re.sub(r"conv(\d)\.(net\.)?weight$", r"conv\1.conv.\2weight", name)
        name = re.sub(r"bn(\d)\.", r"conv\1.bn.", name)
        name = name.replace("downsample.0", "downsample.conv").replace("downsample.1", "downsample.bn")
        state[f"cls_head.fc_cls.{name[3:]}" if name.startswith("fc.") else f"backbone.{name}"] = value
    return state
