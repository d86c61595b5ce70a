"""A network's form for answering: the same function and the same interface, in fewer and faster steps.

Batch norms are folded into the convolutions before them, weights lie channels-last, the shift copies each value once, and
a residual block's ReLU and sum are done by its convolutions as they write. The plain form stays what is trained, counted
and read.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from typing import TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from tsm_demo.core.placement import IN_PLACE
from tsm_demo.core.shift import temporal_shift
from tsm_demo.core.shift_table import fold_offsets
from tsm_demo.models.resnet import BasicBlock, Block, Bottleneck, TemporalShift
from tsm_demo.models.video_network import VideoNetwork

PROBE_SIDE = 32  # pixels, of the clip that shows which batch norm follows which convolution
CPU = torch.device("cpu")
Network = TypeVar("Network", bound=VideoNetwork)
Conv = nn.Conv2d | nn.Conv3d


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


class FusedBlock(nn.Module):
    """A residual block whose convolutions add and clip what they write: two passes over the maps less for each.

    oneDNN can do so on the CPU; where a gradient is asked for, or elsewhere, the block runs as it stands.
    """

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.block = block

    def forward(self, x: Tensor, n_segment: int) -> Tensor:
        block = self.block
        if x.requires_grad or x.device != CPU:
            return cast(Tensor, block(x, n_segment))
        shifted = x if block.shift is None else block.shift(x, n_segment)
        shortcut = shifted if block.placement == IN_PLACE else x
        if block.downsample is not None:
            shortcut = block.downsample(shortcut)
        *first, last = _branch(block)
        for conv in first:
            shifted = torch.ops.mkldnn._convolution_pointwise(shifted, *_arguments(conv), "relu", [], "")
        return cast(
            Tensor,
            torch.ops.mkldnn._convolution_pointwise.binary(
                shifted, shortcut, *_arguments(last), "add", 1.0, "relu", [], ""
            ),
        )


def inference_form(
    model: Network, precision: torch.dtype = torch.float32, device: torch.device = CPU
) -> Network:
    """A copy of a network in eval mode that answers faster, for clips in float32 on the CPU.

    The copy takes and gives what the network does, also in halves, for Grad-CAM. The network is left as it was.

    Args:
        precision: float32 gives equal logits to rounding (1e-4); with bfloat16 they have three digits. A network in
            float64 stays in it.
        device: where to compute.
    """
    faster = deepcopy(model).eval().requires_grad_(False)
    for norm_name, conv_name in _followers(faster).items():
        conv, batch_norm = faster.get_submodule(conv_name), faster.get_submodule(norm_name)
        _fold(conv, batch_norm)
        _replace(faster, norm_name, nn.Identity())
    if next(faster.parameters()).dtype == torch.float32:
        _move(faster, precision, device)
    for name, module in [*faster.named_modules()]:
        if type(module) is TemporalShift:
            _replace(faster, name, ShiftOnce(module.fold_div, module.mode))
        elif isinstance(module, nn.Conv2d):
            module.to(memory_format=torch.channels_last)
        elif isinstance(module, nn.Conv3d):
            module.to(memory_format=torch.channels_last_3d)
    if faster.computes is not None and hasattr(torch.ops.mkldnn, "_convolution_pointwise"):
        _fuse_blocks(faster)
    return faster


def _move(model: VideoNetwork, precision: torch.dtype, device: torch.device) -> None:
    """Have a network compute there and so, but for what stays exact."""
    model.computes = device, precision
    model.to(device, precision)
    for name in model.exact:
        model.get_submodule(name).float()


def _fuse_blocks(model: VideoNetwork) -> None:
    for name, module in [*model.named_modules()]:
        if type(module) in (BasicBlock, Bottleneck) and all(_plain(conv) for conv in _branch(module)):
            _replace(model, name, FusedBlock(module))


def _branch(block: nn.Module) -> tuple[Conv, ...]:
    """The convolutions of a block, in their order; its batch norms are folded."""
    found = (getattr(block, name, None) for name in ("conv1", "conv2", "conv3"))
    return tuple(cast(Conv, conv) for conv in found if conv is not None)


def _plain(conv: nn.Module) -> bool:
    return isinstance(conv, Conv) and conv.bias is not None and not isinstance(conv.padding, str)


def _arguments(conv: Conv) -> tuple[object, ...]:
    """What oneDNN's convolution is called with, behind its input."""
    return (
        conv.weight,
        conv.bias,
        list(conv.padding),
        list(conv.stride),
        list(conv.dilation),
        conv.groups,
    )


def _followers(model: VideoNetwork) -> dict[str, str]:
    """Each batch norm whose input is just what a convolution gave, with that convolution, by their names."""
    with _watched(model) as found, torch.inference_mode():
        model(small_clip(model))
    return found


def small_clip(model: VideoNetwork) -> Tensor:
    """(1, T, 3, side, side) noise, always the same, about as small as the network takes."""
    frames, side = max(model.limits.frames[0], 2), max(model.limits.side[0], PROBE_SIDE)
    drawn = torch.Generator().manual_seed(0)
    return torch.randn(1, frames, 3, side, side, generator=drawn).to(next(model.parameters()).dtype)


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
