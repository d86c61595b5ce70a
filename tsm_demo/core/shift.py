"""The temporal shift: part of each frame's channels comes from a neighbouring frame, with no multiplication."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from tsm_demo.core.errors import ShapeError
from tsm_demo.core.shift_table import fold_offsets

Folds = tuple[tuple[slice, int], ...]  # channels that move, and the frame offset they are taken from


def temporal_shift(x: Tensor, n_segment: int, fold_div: int = 8, mode: str = "bidirectional") -> Tensor:
    """Shift into a new tensor.

    Args:
        x: (N*T, C, H, W), any dtype, the T frames of a clip adjacent.
        n_segment: T, frames a clip.
        fold_div: d; C // d channels come from t+1 and as many from t-1. 0, or more than C, moves nothing.
        mode: "bidirectional"; "online" takes C // d channels from t-1 and none from t+1.

    Returns:
        (N*T, C, H, W), a new tensor; zeros where a clip has no such neighbour.

    Raises ShapeError when x is not 4-D or T does not divide its first dimension.
    Source: TSM, arXiv:1811.08383, section 3.
    """
    _as_clips(x, n_segment)
    folds = fold_offsets(x.shape[1], fold_div, mode)
    if x.requires_grad and torch.is_grad_enabled():
        result: Tensor = _Shift.apply(x, n_segment, folds)
        return result
    return _shifted(x, n_segment, folds)


def temporal_shift_(x: Tensor, n_segment: int, fold_div: int = 8, mode: str = "bidirectional") -> Tensor:
    """Shift within x's own memory, with no second tensor; arguments, result and errors as `temporal_shift`.

    x is overwritten and returned. Its gradient is the shift the other way: nothing is kept for the backward pass.
    """
    _as_clips(x, n_segment)
    result: Tensor = _ShiftInPlace.apply(x, n_segment, fold_div, mode)
    return result


def _as_clips(x: Tensor, n_segment: int) -> Tensor:
    """(N*T, C, H, W) as a view of shape (N, T, C, H, W)."""
    if x.ndim != 4:
        raise ShapeError(f"The shift takes (N*T, C, H, W); this tensor has shape {tuple(x.shape)}.")
    if n_segment < 1 or x.shape[0] % n_segment:
        raise ShapeError(
            f"{x.shape[0]} frames do not divide into clips of T = {n_segment}: "
            "pass N*T frames, the T frames of a clip adjacent, and the same T as n_segment."
        )
    return x.unflatten(0, (-1, n_segment))


def _shifted(x: Tensor, n_segment: int, folds: Folds) -> Tensor:
    """The shift by slices and concatenations alone: no assignment, so that export sees all of it."""
    clips = _as_clips(x, n_segment)  # (N, T, C, H, W)
    parts, end = [], 0
    for part, offset in folds:
        fold = clips[:, :, part]
        empty = torch.zeros_like(fold[:, :1])
        parts.append(torch.cat((fold[:, 1:], empty) if offset > 0 else (empty, fold[:, :-1]), dim=1))
        end = part.stop
    return torch.cat((*parts, clips[:, :, end:]), dim=2).flatten(0, 1)


def _move(clips: Tensor, part: slice, offset: int) -> None:
    """Give every frame the channels `part` of frame t + offset, frame by frame so that no copy is needed."""
    n_segment = clips.shape[1]
    order = range(n_segment) if offset > 0 else range(n_segment - 1, -1, -1)
    for t in order:
        if 0 <= t + offset < n_segment:
            clips[:, t, part].copy_(clips[:, t + offset, part])
        else:
            clips[:, t, part].zero_()


def _back(folds: Folds) -> Folds:
    """The folds of the gradient: what was taken from t+1 gives its gradient back to t+1."""
    return tuple((part, -offset) for part, offset in folds)


class _Shift(torch.autograd.Function):
    """The shift with its gradient written out: autograd's own fills a tensor of zeros for every slice."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, n_segment: int, folds: Folds) -> Tensor:
        ctx.n_segment, ctx.folds = n_segment, folds
        return _shifted(x, n_segment, folds)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        return _Shift.apply(grad, ctx.n_segment, _back(ctx.folds)), None, None


class _ShiftInPlace(torch.autograd.Function):
    """The in-place shift and its gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, n_segment: int, fold_div: int, mode: str) -> Tensor:
        ctx.mark_dirty(x)
        ctx.n_segment, ctx.folds = n_segment, fold_offsets(x.shape[1], fold_div, mode)
        clips = _as_clips(x, n_segment)
        for part, offset in ctx.folds:
            _move(clips, part, offset)
        return x

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None]:
        grad = grad.clone()  # autograd may hand the same gradient to another reader
        clips = _as_clips(grad, ctx.n_segment)
        for part, offset in _back(ctx.folds):
            _move(clips, part, offset)
        return grad, None, None, None
