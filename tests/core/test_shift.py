"""Every cell of a shifted tensor is where a loop over cells, and the table that pictures draw, put it."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tsm_demo.core.errors import ShapeError
from tsm_demo.core.shift import temporal_shift, temporal_shift_
from tsm_demo.core.shift_table import MODES, source_frames

Shift = Callable[..., Tensor]
SHIFTS: tuple[Shift, ...] = (temporal_shift, temporal_shift_)
SIZES = ((1, 3), (1, 8), (2, 16), (3, 7), (5, 8), (8, 17), (8, 64))  # T, C
FOLD_DIVS = (0, 2, 3, 4, 8, 16, 100)
STILL = ((0, 8), (9, 8), (64, 8))  # fold_div, C: nothing moves
NOT_A_FOLD_DIV = (1, -1, -8, 2.0, 8.5, True, False, "8", None)


def unique_cells(clips: int, n_segment: int, channels: int, side: int = 2) -> Tensor:
    """(N*T, C, side, side) float64 whose cells are 1, 2, 3, ...: none twice, none zero."""
    shape = (clips * n_segment, channels, side, side)
    return torch.arange(1, 1 + int(np.prod(shape)), dtype=torch.float64).view(shape)


def shift_by_hand(x: Tensor, n_segment: int, fold_div: int, mode: str) -> Tensor:
    """The definition, one cell at a time: fold 0 from the next frame, fold 1 from the one before."""
    out, fold = torch.zeros_like(x), x.shape[1] // fold_div if fold_div else 0
    for row, channel in product(range(x.shape[0]), range(x.shape[1])):
        t = row % n_segment
        if mode == "online":
            offset = -1 if channel < fold else 0
        elif channel < fold:
            offset = 1
        else:
            offset = -1 if channel < 2 * fold else 0
        if 0 <= t + offset < n_segment:
            out[row, channel] = x[row + offset, channel]
    return out


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fold_div", FOLD_DIVS)
@pytest.mark.parametrize(("n_segment", "channels"), SIZES)
def test_the_definition(shift: Shift, mode: str, fold_div: int, n_segment: int, channels: int) -> None:
    x = unique_cells(2, n_segment, channels)
    expected = shift_by_hand(x, n_segment, fold_div, mode)
    assert torch.equal(shift(x.clone(), n_segment, fold_div, mode), expected)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fold_div", FOLD_DIVS)
@pytest.mark.parametrize(("n_segment", "channels"), SIZES)
def test_the_table_tells_where_each_cell_came_from(
    mode: str, fold_div: int, n_segment: int, channels: int
) -> None:
    side = 2
    shifted = temporal_shift(unique_cells(1, n_segment, channels, side), n_segment, fold_div, mode)
    number = shifted.numpy().astype(int) - 1  # of the cell it came from; -1 where there was none
    frame, channel = number // (channels * side**2), number // side**2 % channels
    pixel = number % side**2
    table = source_frames(n_segment, channels, fold_div, mode)
    assert table.shape == (n_segment, channels)
    assert table.dtype == np.int64
    assert (np.where(number < 0, -1, frame) == table[:, :, None, None]).all()
    kept = number >= 0
    assert (channel == np.arange(channels)[:, None, None])[kept].all()
    assert (pixel == np.arange(side**2).reshape(side, side))[kept].all()


def test_the_table_of_a_small_shift() -> None:
    assert source_frames(3, 5, 4).tolist() == [[1, -1, 0, 0, 0], [2, 0, 1, 1, 1], [-1, 1, 2, 2, 2]]
    assert source_frames(3, 5, 4, "online").tolist() == [[-1, 0, 0, 0, 0], [0, 1, 1, 1, 1], [1, 2, 2, 2, 2]]
    assert source_frames(1, 5, 4).tolist() == [[-1, -1, 0, 0, 0]]


@settings(max_examples=120, deadline=None)
@given(
    clips=st.integers(1, 3),
    n_segment=st.integers(1, 6),
    channels=st.integers(1, 12),
    height=st.integers(1, 3),
    width=st.integers(1, 3),
    fold_div=st.integers(0, 14).filter(lambda d: d != 1),
    mode=st.sampled_from(MODES),
)
def test_any_shape(
    clips: int, n_segment: int, channels: int, height: int, width: int, fold_div: int, mode: str
) -> None:
    x = torch.randn(clips * n_segment, channels, height, width)
    before, expected = x.clone(), shift_by_hand(x, n_segment, fold_div, mode)
    assert torch.equal(temporal_shift(x, n_segment, fold_div, mode), expected)
    assert torch.equal(x, before)  # the input is left alone
    assert temporal_shift_(x, n_segment, fold_div, mode) is x
    assert torch.equal(x, expected)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("grad", [False, True])
def test_in_place_uses_no_second_tensor(mode: str, grad: bool) -> None:
    x = unique_cells(2, 4, 8).requires_grad_(grad) * 1
    address = x.data_ptr()
    out = temporal_shift_(x, 4, 4, mode)
    assert out.data_ptr() == address
    assert out.shape == x.shape


@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize(("fold_div", "channels"), [(4, 8), *STILL])
@pytest.mark.parametrize("n_segment", [1, 4])
def test_out_of_place_never_returns_the_inputs_memory(
    grad: bool, fold_div: int, channels: int, n_segment: int
) -> None:
    x = unique_cells(2, n_segment, channels).requires_grad_(grad)
    out = temporal_shift(x, n_segment, fold_div)
    assert out.untyped_storage().data_ptr() != x.untyped_storage().data_ptr()


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("fold_div", "channels"), STILL)
def test_no_fold_moves_nothing(shift: Shift, mode: str, fold_div: int, channels: int) -> None:
    x = unique_cells(2, 4, channels)
    assert torch.equal(shift(x.clone(), 4, fold_div, mode), x)


@pytest.mark.parametrize("shift", SHIFTS)
def test_a_single_frame_has_no_neighbours(shift: Shift) -> None:
    x = unique_cells(3, 1, 8)
    assert shift(x.clone(), 1, 4)[:, :4].count_nonzero() == 0
    assert torch.equal(shift(x.clone(), 1, 4)[:, 4:], x[:, 4:])
    assert torch.equal(shift(x.clone(), 1, 4, "online")[:, 2:], x[:, 2:])


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64])
def test_the_dtype_is_kept(shift: Shift, dtype: torch.dtype) -> None:
    x = (unique_cells(2, 4, 8, side=1) % 61).to(dtype)  # small enough to be exact in each of them
    out = shift(x.clone(), 4, 4)
    assert out.dtype == dtype
    assert torch.equal(out, shift_by_hand(x, 4, 4, "bidirectional"))


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("mode", MODES)
def test_channels_last(shift: Shift, mode: str) -> None:
    x = unique_cells(2, 4, 8, side=3)
    out = shift(x.clone(memory_format=torch.channels_last), 4, 4, mode)
    assert torch.equal(out, shift_by_hand(x, 4, 4, mode))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("fold_div", "n_segment"), [(3, 3), (2, 2), (4, 1), (0, 3)])
def test_gradients(mode: str, fold_div: int, n_segment: int) -> None:
    x = torch.randn(2 * n_segment, 5, 1, 2, dtype=torch.float64, requires_grad=True)

    def out_of_place(x: Tensor) -> Tensor:
        return temporal_shift(x, n_segment, fold_div, mode)

    def in_place(x: Tensor) -> Tensor:
        return temporal_shift_(x.clone(), n_segment, fold_div, mode)

    assert torch.autograd.gradcheck(out_of_place, x)
    assert torch.autograd.gradgradcheck(out_of_place, x)
    assert torch.autograd.gradcheck(in_place, x)


@pytest.mark.parametrize("mode", MODES)
def test_in_place_inside_a_network(mode: str) -> None:
    clips, first, second = torch.randn(6, 3, 5, 5), torch.randn(8, 3, 3, 3), torch.randn(4, 8, 3, 3)
    gradients = []
    for shift in SHIFTS:
        weights = [w.clone().requires_grad_() for w in (first, second)]
        features = shift(F.conv2d(clips, weights[0]), 3, 4, mode)
        loss = F.conv2d(features.relu(), weights[1]).square().sum() + features.sum()
        gradients.append(torch.autograd.grad(loss, weights))
    for out_of_place, in_place in zip(*gradients, strict=True):
        assert torch.allclose(out_of_place, in_place, rtol=1e-5)
    assert gradients[0][0].abs().min() > 0


def test_the_gradient_in_place_leaves_other_readers_gradients_alone() -> None:
    x = torch.randn(6, 4, 1, 2, dtype=torch.float64, requires_grad=True)
    out = temporal_shift_(x * 1, 3, 4)
    given = torch.randn_like(out)
    before = given.clone()
    torch.autograd.grad(out, x, given)
    assert torch.equal(given, before)
    assert torch.autograd.gradcheck(lambda x: x + temporal_shift_(x.clone(), 3, 4), x)


def test_in_place_on_what_the_backward_pass_needs_is_refused() -> None:
    kept = torch.randn(4, 8, 1, 1, requires_grad=True).sigmoid()  # its gradient is made from its output
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        temporal_shift_(kept, 4, 4).sum().backward()


@pytest.mark.parametrize("shift", SHIFTS)
class TestErrors:
    @pytest.mark.parametrize("n_segment", [3, 5, 16, 0, -4])
    def test_frames_that_make_no_whole_clips(self, shift: Shift, n_segment: int) -> None:
        with pytest.raises(ShapeError, match=rf"8 frames do not divide into clips of T = {n_segment}: pass"):
            shift(torch.zeros(8, 8, 2, 2), n_segment)

    @pytest.mark.parametrize("shape", [(8, 8, 2), (1, 8, 8, 2, 2), (8,)])
    def test_other_numbers_of_axes(self, shift: Shift, shape: tuple[int, ...]) -> None:
        with pytest.raises(ShapeError, match=r"takes \(N\*T, C, H, W\); this tensor has shape"):
            shift(torch.zeros(shape), 4)

    @pytest.mark.parametrize("fold_div", NOT_A_FOLD_DIV)
    def test_fold_div(self, shift: Shift, fold_div: object) -> None:
        with pytest.raises(ShapeError, match="give an integer of at least 2, or 0"):
            shift(torch.zeros(8, 8, 2, 2), 4, fold_div)

    def test_mode(self, shift: Shift) -> None:
        with pytest.raises(ShapeError, match="'both'; choose one of bidirectional, online"):
            shift(torch.zeros(8, 8, 2, 2), 4, 4, "both")

    def test_a_refused_tensor_is_untouched(self, shift: Shift) -> None:
        x = unique_cells(2, 4, 8)
        for wrong in ({"n_segment": 3}, {"n_segment": 4, "fold_div": 1}, {"n_segment": 4, "mode": "both"}):
            with pytest.raises(ShapeError):
                shift(x, **wrong)
        assert torch.equal(x, unique_cells(2, 4, 8))


@pytest.mark.parametrize("fold_div", NOT_A_FOLD_DIV)
def test_the_table_refuses_the_same_fold_div(fold_div: object) -> None:
    with pytest.raises(ShapeError, match="give an integer of at least 2, or 0"):
        source_frames(8, 8, fold_div)


@pytest.mark.parametrize(("n_segment", "channels"), [(0, 8), (8, 0), (-1, 8)])
def test_the_table_refuses_empty_sizes(n_segment: int, channels: int) -> None:
    with pytest.raises(ShapeError, match="both must be at least 1"):
        source_frames(n_segment, channels)


def test_the_table_refuses_an_unknown_mode() -> None:
    with pytest.raises(ShapeError, match="'past'; choose one of"):
        source_frames(8, 8, 8, "past")
