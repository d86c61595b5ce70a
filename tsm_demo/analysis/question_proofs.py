"""What users of TSM ask, answered by running it: each function is one experiment, small enough to be run on the spot."""

from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tsm_demo.analysis.cost import cost
from tsm_demo.analysis.gradcam import grad_cam
from tsm_demo.analysis.liveliest import liveliest
from tsm_demo.analysis.predict import answer_clip
from tsm_demo.analysis.seeing import read_for, window_tensor
from tsm_demo.core.placement import PLACEMENTS
from tsm_demo.core.sampling import SamplingPlan, sample
from tsm_demo.core.score import Score
from tsm_demo.core.shift import temporal_shift, temporal_shift_
from tsm_demo.models.networks import Network, load_network
from tsm_demo.models.registry import ModelSpec, build
from tsm_demo.video.clip import SampledClip

FRAMES_TRIED = (4, 8, 16)


def shifted_numbers(frames: int = 4, channels: int = 8, fold_div: int = 4) -> NDArray[np.int64]:
    """(T, C) what `temporal_shift` makes of a clip in which every value is its frame's number, 1 to T; 0 is a zero."""
    numbers = torch.arange(1.0, frames + 1).repeat_interleave(channels).view(frames, channels, 1, 1)
    moved: NDArray[np.int64] = temporal_shift(numbers, frames, fold_div)[:, :, 0, 0].long().numpy()
    return moved


def moved_channels(channels: int, fold_div: int, mode: str = "bidirectional") -> int:
    """How many of a frame's channels hold another frame's values after a shift, counted on values."""
    numbers = torch.arange(3.0).repeat_interleave(channels).view(3, channels, 1, 1)
    middle = temporal_shift(numbers, 3, fold_div, mode)[1, :, 0, 0]
    return int((middle != 1).sum())


@dataclass(frozen=True, slots=True)
class PlacementProof:
    """In place against residual.

    Attributes:
        operation_apart: largest difference between the two implementations of the shift alone.
        answers: placement to what the same weights say of a clip.
    """

    operation_apart: float
    answers: dict[str, Score]


def placement_proof(path: Path) -> PlacementProof:
    """The shift alone, written both ways, on the same random tensor; and TSM's weights with the shift in either place."""
    x = torch.randn(16, 64, 7, 7, generator=torch.Generator().manual_seed(0))
    apart = float((temporal_shift(x, 8) - temporal_shift_(x.clone(), 8)).abs().max())
    clip = read_liveliest(path)
    answers = {
        placement: _best(with_spec(load_network("motion"), placement=placement), clip)
        for placement in PLACEMENTS
    }
    return PlacementProof(apart, answers)


def online_proof(path: Path) -> tuple[tuple[str, str, Score], ...]:
    """(weights, shift, answer): weights trained offline and online, each with its own shift and with the other's."""
    clip = read_liveliest(path)
    offline, online = load_network("motion"), load_network("motion_online")
    names = {"offline": offline.facts.spec.name, "online": online.facts.spec.name}
    return tuple(
        (weights, shift, _best(with_spec(network, name=names[shift]), clip))
        for weights, network in (("offline", offline), ("online", online))
        for shift in names
    )


def frame_count_proof(path: Path) -> dict[int, Score]:
    """T to what the same TSM weights say of a clip's liveliest window, sampled at T frames."""
    (window,) = read_liveliest(path).windows
    found = {}
    for frames in FRAMES_TRIED:
        network = with_spec(load_network("motion"), n_segment=frames)
        found[frames] = _best(network, read_for(network, path, window.start_sec, window.end_sec))
    return found


@dataclass(frozen=True, slots=True)
class MapProof:
    """How far two Grad-CAM maps of the middle frame are apart at most; 1 is the strongest evidence in the clip."""

    again: float  # the whole clip, once more
    training: float  # in training mode, as a network is that was not told eval()
    alone: float  # the frame without its clip


def map_proof(path: Path) -> MapProof:
    """Grad-CAM of TSM's best label: repeated, in training mode, and of a single frame."""
    network = load_network("motion")
    seen = window_tensor(network, read_liveliest(path), 0)
    middle = len(seen) // 2
    target = int(network.model(seen[None])[0].argmax())
    first = grad_cam(network.model, seen, target)
    trained = deepcopy(network.model).train()
    others = (
        grad_cam(network.model, seen, target)[middle],
        grad_cam(trained, seen, target)[middle],
        grad_cam(network.model, seen[middle : middle + 1], target)[0],
    )
    return MapProof(*(float((first[middle] - other).abs().max()) for other in others))


@dataclass(frozen=True, slots=True)
class MemoryProof:
    """A clip of 30 s, in bytes.

    Attributes:
        all_frames: every frame decoded, uint8.
        sampled: only the frames that the windows ask for.
        together, one: peak of TSM-ResNet-50's tensors (8 frames, 224 pixels) for 30 clips at once, and for one.
    """

    all_frames: int
    sampled: int
    together: int
    one: int


def memory_proof(
    duration_sec: float = 30.0, fps: int = 30, height: int = 720, width: int = 1280, clips: int = 30
) -> MemoryProof:
    """Counted: `clips` is ten clips with three crops each, as the papers test."""
    frame_bytes = height * width * 3
    times_sec = np.arange(round(duration_sec * fps)) / fps
    _, frames = sample(times_sec, duration_sec, SamplingPlan())
    spec = ModelSpec("tsm_resnet50")
    return MemoryProof(
        len(times_sec) * frame_bytes,
        len(np.unique(frames)) * frame_bytes,
        cost(spec, 8, 224, clips).peak_bytes,
        cost(spec, 8, 224, 1).peak_bytes,
    )


def read_liveliest(path: Path) -> SampledClip:
    """A clip as TSM looks at it, with the window in which most happens alone."""
    clip = read_for(load_network("motion"), path)
    return replace(clip, windows=(clip.windows[liveliest(clip)],))


def with_spec(network: Network, **changes: str | int) -> Network:
    """The same weights in a network that is built otherwise; the given one is left as it is."""
    spec = replace(network.facts.spec, **changes)  # type: ignore[arg-type]
    model = build(spec)
    model.load_state_dict(network.model.state_dict())
    return replace(network, model=model.requires_grad_(False), facts=replace(network.facts, spec=spec))


def _best(network: Network, clip: SampledClip) -> Score:
    return answer_clip(network, clip, top_k=1).top[0]
