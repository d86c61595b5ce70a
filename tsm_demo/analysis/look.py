"""One look of a network at windows of a clip: what it says of them, and what its last layers gave."""

from typing import NamedTuple

import torch
from torch import Tensor

from tsm_demo.models.computing import computed_in
from tsm_demo.models.networks import Network
from tsm_demo.models.video_network import ScoresFrames


class Looked(NamedTuple):
    """What a network says of w windows: calibrated logits, and what its last two layers gave.

    `of_frames` has no frames, (w, 0, num_classes), of a network that scores a clip only as a whole.
    """

    of_clips: Tensor  # (w, num_classes)
    of_frames: Tensor  # (w, T, num_classes)
    maps: dict[str, Tensor]  # by layer, (w*S, C, h, w)


def look(network: Network, clips: Tensor) -> Looked:
    """Show a network windows (w, T, 3, size, size)."""
    model, temperature = network.answering, network.facts.temperature
    maps = model.features_at(clips, model.layers[-2:])
    last = maps[model.layers[-1]]
    if isinstance(model, ScoresFrames):
        of_frames = model.frame_logits(last, clips.shape[1]) / temperature
        return Looked(of_frames.mean(1), of_frames, maps)
    of_clips = model.clip_logits(last, len(last) // len(clips)) / temperature
    return Looked(of_clips, of_clips[:, None][:, :0], maps)


def computed(network: Network) -> str:
    """Where and in which precision a network answers, "bfloat16 on 2 threads"."""
    as_it_stands = torch.device("cpu"), torch.float32
    return computed_in(*(network.answering.computes or as_it_stands))


class KeptMaps:
    """The maps of the window that will be explained: a given one, or the most confident so far."""

    def __init__(self, window: int | None) -> None:
        self.maps: dict[str, Tensor] = {}
        self._window, self._seen, self._confidence = window, 0, -1.0

    def offer(self, scores: Tensor, maps: dict[str, Tensor]) -> None:
        """The next w windows' probabilities (w, num_classes), and their maps (w*S, C, h, w)."""
        confidence, place = (found.item() for found in scores.amax(1).max(0))
        if self._window is not None:
            place, wanted = self._window - self._seen, 0 <= self._window - self._seen < len(scores)
        else:
            wanted = confidence > self._confidence
        if wanted:
            self._confidence = confidence
            self.maps = {
                layer: found.unflatten(0, (len(scores), -1))[int(place)].clone()
                for layer, found in maps.items()
            }
        self._seen += len(scores)
