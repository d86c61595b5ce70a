"""Bytes by formula are the bytes that torch is seen to read, write, hold and keep."""

import pytest
import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from tsm_demo.core.errors import ShapeError
from tsm_demo.core.placement import PLACEMENTS
from tsm_demo.core.shift import temporal_shift, temporal_shift_
from tsm_demo.core.shift_bytes import in_place_bytes, new_tensor_bytes
from tsm_demo.core.shift_table import MODES, fold_width
from tsm_demo.models.resnet import BasicBlock, TemporalShift

SHAPES = (((8, 16, 4, 4), 8), ((6, 17, 3, 2), 3), ((2, 8, 4, 4), 1))  # (N*T, C, H, W), T
FOLD_DIVS = (0, 2, 8)
BOTH = ((temporal_shift, new_tensor_bytes), (temporal_shift_, in_place_bytes))


def size(x: Tensor) -> int:
    return x.numel() * x.element_size()


class Traffic(TorchDispatchMode):
    """Counts the bytes that operations read from and write to memory; a view does neither."""

    bytes = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        if name == "cat":
            self.bytes += sum(map(size, args[0])) + size(out)
        elif name == "copy_":
            self.bytes += size(args[1]) + size(out)
        elif name in ("zero_", "zeros_like"):
            self.bytes += size(out)
        else:
            inputs = {x.untyped_storage().data_ptr() for x in tree_leaves(args) if isinstance(x, Tensor)}
            assert out.untyped_storage().data_ptr() in inputs, f"{name} is no view: how much does it copy?"
        return out


class InPlaceShift(TemporalShift):
    """The layer, within its input's own memory."""

    def forward(self, x: Tensor, n_segment: int) -> Tensor:
        return temporal_shift_(x, n_segment, self.fold_div, self.mode)


def train(shift: TemporalShift | None, placement: str, shape, n_segment: int) -> set[int]:
    """One forward and backward pass of a ReLU and a block; the addresses of all parameters."""
    channels = shape[1]
    block = BasicBlock(channels, channels, 1, shift, placement, 2)
    stem = nn.Sequential(nn.Conv2d(channels, channels, 1, bias=False), nn.ReLU(inplace=True))
    block(stem(torch.randn(shape)), n_segment).sum().backward()
    return {p.untyped_storage().data_ptr() for module in (block, stem) for p in module.parameters()}


def kept_bytes(shift: TemporalShift | None, placement: str, shape, n_segment: int) -> int:
    """Bytes of memory that a ReLU and a block keep for the backward pass, parameters aside."""
    kept: list[Tensor] = []
    with saved_tensors_hooks(lambda x: kept.append(x) or x, lambda x: x):
        parameters = train(shift, placement, shape, n_segment)
    storages = {x.untyped_storage().data_ptr(): x.untyped_storage().nbytes() for x in kept}
    return sum(nbytes for pointer, nbytes in storages.items() if pointer not in parameters)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fold_div", FOLD_DIVS)
@pytest.mark.parametrize(("shape", "n_segment"), SHAPES)
@pytest.mark.parametrize(("shift", "formula"), BOTH)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_what_is_read_and_written(shift, formula, shape, n_segment, fold_div, mode, dtype):
    x = torch.ones(shape, dtype=dtype)
    with torch.no_grad(), Traffic() as traffic:
        shift(x, n_segment, fold_div, mode)
    assert traffic.bytes == formula(shape, n_segment, fold_div, mode, x.element_size()).copied


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fold_div", FOLD_DIVS)
@pytest.mark.parametrize(("shape", "n_segment"), SHAPES)
@pytest.mark.parametrize(("shift", "formula"), BOTH)
def test_what_is_held(shift, formula, shape, n_segment, fold_div, mode):
    x = torch.ones(shape)
    with torch.no_grad():
        storage = shift(x, n_segment, fold_div, mode).untyped_storage()
    extra = 0 if storage.data_ptr() == x.untyped_storage().data_ptr() else storage.nbytes()
    assert extra == formula(shape, n_segment, fold_div, mode).held


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fold_div", FOLD_DIVS)
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize(("shape", "n_segment"), SHAPES)
def test_training_keeps_the_new_tensor_beside_the_old_one(shape, n_segment, placement, fold_div, mode):
    without = kept_bytes(None, placement, shape, n_segment)
    with_shift = kept_bytes(TemporalShift(fold_div, mode), placement, shape, n_segment)
    moves = fold_width(shape[1], fold_div) > 0  # else the layer hands its input on
    assert with_shift - without == (new_tensor_bytes(shape, n_segment, fold_div, mode).kept if moves else 0)


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_in_place_cannot_be_trained_after_a_relu(placement):
    shape, n_segment = SHAPES[0]
    assert in_place_bytes(shape, n_segment).kept is None
    train(TemporalShift(8, "bidirectional"), placement, shape, n_segment)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        train(InPlaceShift(8, "bidirectional"), placement, shape, n_segment)


def test_frames_that_are_no_clips_are_refused():
    with pytest.raises(ShapeError, match="do not divide"):
        new_tensor_bytes((7, 8, 4, 4), 2)
