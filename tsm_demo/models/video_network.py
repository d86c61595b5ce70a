"""What every network here is: clips in, logits out, in two halves that meet at the maps of a named layer."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.models.registry import ModelSpec


@dataclass(frozen=True, slots=True)
class Limits:
    """Which clips a network can take: the fewest and the most frames, and pixels a side; None is no limit."""

    frames: tuple[int, int | None] = (1, None)
    side: tuple[int, int | None] = (1, None)


@runtime_checkable
class ScoresFrames(Protocol):
    """A network that has a score for every frame of a clip, whose mean is the clip's."""

    def frame_logits(self, features: Tensor, n_segment: int, layer: str | None = None) -> Tensor:
        """A layer's maps (N*T, C, h, w) to logits (N, T, num_classes)."""
        ...


class VideoNetwork(nn.Module):
    """(N, T, 3, H, W) float32, normalised, to (N, num_classes).

    `features` runs it up to the maps of a layer and `clip_logits` from there, for whoever explains it. A network says
    which `layers` it has, in their order, and what it can take (`limits`); each layer is a module of its own name.
    Between them x is (N, C, S, h, w): S time steps, T of them unless the network strides in time.
    """

    layers: tuple[str, ...]
    limits = Limits()
    exact: tuple[str, ...] = ()  # modules of the head, which stay in float32 when the rest computes in less
    # Of an inference form: where and in what it computes. Clips go in and logits come out in float32 on the CPU.
    computes: tuple[torch.device, torch.dtype] | None = None

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__()
        self.spec = spec

    def features(self, clips: Tensor, layer: str | None = None) -> Tensor:
        """The maps that leave a layer, the last one by default: (N, T, 3, H, W) to (N*S, C, h, w).

        Raises ShapeError for clips beyond the network's limits, ModelError for an unknown layer.
        """
        name = self.layers[self._place(layer)]
        return self.features_at(clips, (name,))[name]

    def features_at(self, clips: Tensor, layers: Collection[str]) -> dict[str, Tensor]:
        """`features` of several layers, in one run as far as the last of them."""
        last = max(self._place(name) for name in layers)
        x = self.run_stem(self._arranged(self._entering(self._checked(clips))))
        found = {}
        for name in self.layers[: last + 1]:
            x = self.run_layer(name, x, clips.shape[1])
            if name in layers:
                found[name] = self._by_step(x)
        return found

    def clip_logits(self, features: Tensor, steps: int, layer: str | None = None) -> Tensor:
        """The rest of the network: a layer's maps (N*S, C, h, w), S = `steps`, to (N, num_classes)."""
        return self._leaving(self.run_head(self._last_maps(features, steps, layer), steps))

    def forward(self, clips: Tensor) -> Tensor:
        features = self.features(clips)
        return self.clip_logits(features, features.shape[0] // clips.shape[0])

    def run_stem(self, x: Tensor) -> Tensor:
        """What comes before the first layer: frames, as the layers take them, to maps."""
        return x

    def run_layer(self, name: str, x: Tensor, steps: int) -> Tensor:
        """One layer, on maps of `steps` time steps."""
        maps: Tensor = getattr(self, name)(x)
        return maps

    def run_head(self, x: Tensor, steps: int) -> Tensor:
        """What comes after the last layer: maps to (N, num_classes)."""
        raise TypeError(f"{type(self).__name__} has no head of its own")

    def _entering(self, x: Tensor) -> Tensor:
        return x if self.computes is None else x.to(*self.computes)

    def _leaving(self, logits: Tensor) -> Tensor:
        return logits if self.computes is None else logits.to("cpu", torch.float32)

    def _arranged(self, x: Tensor) -> Tensor:
        """(N, S, C, h, w) as the layers take it."""
        return x.transpose(1, 2)

    def _by_step(self, x: Tensor) -> Tensor:
        """What the layers give, as (N*S, C, h, w)."""
        return x.transpose(1, 2).flatten(0, 1)

    def _last_maps(self, features: Tensor, steps: int, layer: str | None) -> Tensor:
        """The maps of the last layer, as the layers give them, from those of an earlier one."""
        place = self._place(layer)
        x = self._arranged(self._entering(features).unflatten(0, (-1, steps)))
        for name in self.layers[place + 1 :]:
            x = self.run_layer(name, x, steps)
        return x

    def _place(self, layer: str | None) -> int:
        if layer is None:
            return len(self.layers) - 1
        if layer not in self.layers:
            raise ModelError(f"There is no layer called {layer!r}; choose one of {', '.join(self.layers)}.")
        return self.layers.index(layer)

    def _checked(self, clips: Tensor) -> Tensor:
        if clips.ndim != 5 or clips.shape[2] != 3:
            raise ShapeError(f"The network takes clips (N, T, 3, H, W); this has shape {tuple(clips.shape)}.")
        frames, height, width = clips.shape[1], *clips.shape[3:]
        asked = ((frames, self.limits.frames), (height, self.limits.side), (width, self.limits.side))
        if not all(low <= n <= (n if high is None else high) for n, (low, high) in asked):
            raise ShapeError(
                f"{self.spec.name} takes {_span(self.limits.frames, 'frame')} of {_span(self.limits.side, 'pixel')} "
                f"a side; this clip has {frames} frames of {height} x {width}."
            )
        return clips


def draw_kernels(model: nn.Module) -> None:
    """Random weights for convolutions that a ReLU follows (He et al., arXiv:1502.01852, section 2.2)."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Conv3d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def _span(limits: tuple[int, int | None], unit: str) -> str:
    low, high = limits
    return f"at least {low} {unit}{'s' * (low > 1)}" if high is None else f"{low} to {high} {unit}s"
