"""The feature maps that a block's shift moves, as they come and as they go on."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tsm_demo.analysis.feature_maps import telling_channels
from tsm_demo.analysis.shift_variants import shifting_blocks
from tsm_demo.core.errors import ModelError, ShapeError
from tsm_demo.core.shift_table import source_frames
from tsm_demo.models.networks import Network
from tsm_demo.models.resnet import Block, VideoResNet


@dataclass(frozen=True, slots=True, eq=False)
class ShiftedMaps:
    """Some channels of a block's input.

    Attributes:
        channels: (K,) their numbers, in order.
        before, after: (T, K, h, w) float32, not negative, as they enter the block and behind its shift.
        source: (T, K) int64, the frame that each came from; -1 where the shift filled in zeros.
    """

    channels: tuple[int, ...]
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    source: NDArray[np.int64]


def shifted_maps(network: Network, clip: Tensor, block: str, shown: int = 16) -> ShiftedMaps:
    """Of a block ("layer2.0"), the `shown` channels that tell most, of each fold as many as its share.

    Args:
        network: a TSM on a ResNet; left unchanged.
        clip: (T, 3, H, W) float32, normalised.
        shown: K, as many channels at least as are needed for one of each fold.

    Raises ModelError for a network or block without a shift, ShapeError for a clip that is not 4-D or a K that does not
    fit.
    """
    if clip.ndim != 4:
        raise ShapeError(f"One clip (T, 3, H, W) is looked at; this has shape {tuple(clip.shape)}.")
    model, blocks = network.model, shifting_blocks(network.model)
    if block not in blocks or not isinstance(model, VideoResNet) or (shift := blocks[block].shift) is None:
        choice = f"choose one of {', '.join(blocks)}" if blocks else "choose a TSM"
        raise ModelError(f"{network.name} has no shift at {block!r}: {choice}.")
    place = [module for module in model.modules() if isinstance(module, Block)].index(blocks[block])
    with torch.inference_mode():
        entering = next(maps for depth, maps in enumerate(model.block_maps(clip[None])) if depth == place)
        behind = shift(entering, len(clip))
    count = entering.shape[1]
    if not shift.fold_div <= shown <= count:
        raise ShapeError(
            f"Show {shift.fold_div} to {count} of the block's {count} channels, so that each fold is seen."
        )
    channels = telling_channels(entering.numpy(), shown, shift.fold_div, shift.mode)
    source = source_frames(len(clip), count, shift.fold_div, shift.mode)[:, channels]
    return ShiftedMaps(tuple(channels), entering[:, channels].numpy(), behind[:, channels].numpy(), source)
