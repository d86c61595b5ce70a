"""A network's form for answering: the same function and the same interface, in fewer and faster steps.

Batch norms are folded into the convolutions before them, weights lie channels-last, and the shift copies each value once.
The plain form stays what is trained, counted and read.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from tsm_demo.core.shift import temporal_shift
from tsm_demo.core.shift_table import fold_offsets
from tsm_demo.models.resnet import TemporalShift
from tsm_demo.models.video_network import VideoNetwork

PROBE_SIDE = 32  # pixels, of the clip that shows which batch norm follows which convolution
Network = TypeVar("Network", bound=VideoNetwork)


class ShiftOnce(nn.Module):
    """The shift where no gradient is asked for: every value is written once, in the layout it came in."""

    def __init__(self, fold_div: int, mode: str) -> None:
        super().__init__()
        self.fold_div, self.mode = fold_div, mode

    def forward(self, x: Tensor, n_segment: int) -> Tensor:
        if x.requires_grad:
            return temporal_shift(x, n_segment, self.fold_div, self.mode)
        folds = fold_offsets(x.shape[1], self.fold_div, self.mode)
        if not folds:
            return x
        shifted = torch.empty_like(x)  # keeps channels-last, which concatenation would not
        source, target = (tensor.unflatten(0, (-1, n_segment)) for tensor in (x, shifted))
        end = 0
        for part, offset in folds:
            here, there, empty = (
                (slice(-1), slice(1, None), -1) if offset > 0 else (slice(1, None), slice(-1), 0)
            )
            target[:, here, part] = source[:, there, part]
            target[:, empty, part] = 0
            end = part.stop
        target[:, :, end:] = source[:, :, end:]
        return shifted


def inference_form(model: Network) -> Network:
    """A copy of a network in eval mode that answers faster; logits are equal to rounding (1e-4).

    The copy takes and gives what the network does, also in halves, for Grad-CAM. The network is left as it was.
    """
    faster = deepcopy(model).eval().requires_grad_(False)
    for norm_name, conv_name in _followers(faster).items():
        conv, norm = faster.get_submodule(conv_name), faster.get_submodule(norm_name)
        _fold(conv, norm)
        _replace(faster, norm_name, nn.Identity())
    for name, module in [*faster.named_modules()]:
        if isinstance(module, TemporalShift):
            _replace(faster, name, ShiftOnce(module.fold_div, module.mode))
        elif isinstance(module, nn.Conv2d):
            module.to(memory_format=torch.channels_last)
        elif isinstance(module, nn.Conv3d):
            module.to(memory_format=torch.channels_last_3d)
    return faster


def _followers(model: VideoNetwork) -> dict[str, str]:
    """Each batch norm whose input is just what a convolution gave, with that convolution, by their names."""
    frames = max(model.limits.frames[0], 2)
    side = max(model.limits.side[0], PROBE_SIDE)
    with _watched(model) as found, torch.inference_mode():
        model(torch.zeros(1, frames, 3, side, side, dtype=next(model.parameters()).dtype))
    return found


@contextmanager
def _watched(model: nn.Module) -> Iterator[dict[str, str]]:
    """Fills the dictionary while the model runs."""
    given: dict[int, tuple[str, Tensor]] = {}  # the tensors are kept, so that no other gets their identity
    found: dict[str, str] = {}

    def watch(name: str, module: nn.Module) -> torch.utils.hooks.RemovableHandle | None:
        if isinstance(module, nn.Conv2d | nn.Conv3d):

            def after(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
                given[id(output)] = name, output

            return module.register_forward_hook(after)
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm3d):

            def before(module: nn.Module, args: tuple[Tensor, ...]) -> None:
                if id(args[0]) in given:
                    found[name] = given[id(args[0])][0]

            return module.register_forward_pre_hook(before)
        return None

    with ExitStack() as stack:
        for name, module in model.named_modules():
            handle = watch(name, module)
            if handle is not None:
                stack.callback(handle.remove)
        yield found


def _fold(conv: nn.Module, norm: nn.Module) -> None:
    """Give a convolution the scale and the offset of the batch norm behind it."""
    assert isinstance(conv, nn.Conv2d | nn.Conv3d)
    assert isinstance(norm, nn.BatchNorm2d | nn.BatchNorm3d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    conv.weight, conv.bias = fuse_conv_bn_weights(
        conv.weight, conv.bias, norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias
    )
    conv.requires_grad_(False)


def _replace(model: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, own = name.rpartition(".")
    setattr(model.get_submodule(parent), own, module)
