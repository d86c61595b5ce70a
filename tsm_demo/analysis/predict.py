"""From a clip to labels: windows, top labels, and what each sampled frame says."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tsm_demo.analysis.look import KeptMaps, computed, look
from tsm_demo.analysis.seeing import Progress, in_order, pictures_for, read_for, said_of_frames
from tsm_demo.core.errors import TsmDemoError
from tsm_demo.core.score import CLEAR_SCORE, Score
from tsm_demo.models.networks import Network, load_network
from tsm_demo.video.decode import SampledClip
from tsm_demo.video.tensors import normalise

WINDOWS_AT_ONCE = 8
PIXELS_AT_ONCE = 64 * 112 * 112  # of all frames in a batch of windows; memory grows with it


@dataclass(frozen=True, slots=True)
class WindowAnswer:
    """What one window shows; its top labels are its own."""

    start_sec: float
    end_sec: float
    top: tuple[Score, ...]


@dataclass(frozen=True, eq=False)
class Prediction:
    """A network's answer to a clip.

    Attributes:
        model, weights: which network, and whether its weights are "embedded", from a "file" or "random".
        top: labels by the mean of the windows' probabilities, best first.
        windows: each window's own answer, in order of time.
        explained: index of the window that `frames` and the frame scores are of: the most confident one unless
            another was asked for.
        frames: (T,) numbers of its sampled frames in the clip, in the order the network saw them.
        frame_times_sec: (T,) when they appear.
        frame_scores: (T, num_classes) softmax of each frame's own logits; (0, num_classes) of a network that scores a
            clip only as a whole.
        window_scores: (W, num_classes) probabilities of every window.
        window_frame_scores: (W, T or 0, num_classes) `frame_scores` of every window.
        seconds: time spent on each step.
        computed: where and in which precision, "float32 on 2 threads".
        maps: of the explained window, by layer: what the network's last two layers gave, (S, C, h, w); for Grad-CAM.
            Empty where a window has several views.
    """

    model: str
    weights: str
    labels: tuple[str, ...]
    top: tuple[Score, ...]
    windows: tuple[WindowAnswer, ...]
    explained: int
    frames: tuple[int, ...]
    frame_times_sec: tuple[float, ...]
    frame_scores: NDArray[np.float32]
    window_scores: NDArray[np.float32]
    window_frame_scores: NDArray[np.float32]
    reversed: bool
    warnings: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    computed: str = ""
    maps: dict[str, Tensor] = field(default_factory=dict, repr=False)

    @property
    def clear(self) -> bool:
        """Whether one class is clearly ahead."""
        return self.top[0].score >= CLEAR_SCORE


def predict(
    path: str | Path,
    model: str = "motion",
    top_k: int = 5,
    *,
    checkpoint: str | Path | None = None,
    start_sec: float | None = None,
    end_sec: float | None = None,
    reverse: bool = False,
    frames: int | None = None,
    thorough: bool = False,
    window: int | None = None,
    on_progress: Progress | None = None,
) -> Prediction:
    """Decode a clip and name what it shows.

    Args:
        model: an embedded network, or an architecture's name (random weights).
        checkpoint: a weights file instead (see `load_checkpoint`).
        start_sec, end_sec: the part of the clip to look at.
        reverse: show the network the sampled frames in reverse order.
        frames: T to use instead of the network's own; it was not trained so, which a warning says.
        thorough: the mean of many views, as published accuracies are measured; takes as many times as long as one.
        window: index of the window to give frame scores of; None is the most confident one.

    Raises VideoError for a clip, ModelError for a network, that cannot be used.
    """
    return predict_with_clip(
        path,
        model,
        top_k,
        checkpoint=checkpoint,
        start_sec=start_sec,
        end_sec=end_sec,
        reverse=reverse,
        frames=frames,
        thorough=thorough,
        window=window,
        on_progress=on_progress,
    )[0]


def predict_with_clip(
    path: str | Path,
    model: str = "motion",
    top_k: int = 5,
    *,
    checkpoint: str | Path | None = None,
    start_sec: float | None = None,
    end_sec: float | None = None,
    reverse: bool = False,
    frames: int | None = None,
    thorough: bool = False,
    window: int | None = None,
    on_progress: Progress | None = None,
) -> tuple[Prediction, SampledClip]:
    """`predict`, with the decoded clip for whoever goes on to draw it."""
    started = time.perf_counter()
    network = load_network(model, Path(checkpoint) if checkpoint else None)
    loaded = time.perf_counter()
    clip = read_for(network, path, start_sec, end_sec, on_progress, frames=frames, thorough=thorough)
    decoded = time.perf_counter()
    answer = answer_clip(
        network, clip, top_k, reverse=reverse, thorough=thorough, window=window, on_progress=on_progress
    )
    answer.seconds.update(load=loaded - started, decode=decoded - loaded)
    return answer, clip


def answer_clip(
    network: Network,
    clip: SampledClip,
    top_k: int = 5,
    *,
    reverse: bool = False,
    thorough: bool = False,
    window: int | None = None,
    on_progress: Progress | None = None,
) -> Prediction:
    """Name what a decoded clip shows; arguments as `predict`. Raises TsmDemoError for a window that is none.

    A window's probabilities, and its frames', are the means over its crops.
    """
    if window is not None and not 0 <= window < len(clip.windows):
        raise TsmDemoError(f"There is no window {window}: this clip has {len(clip.windows)}, counted from 0.")
    started = time.perf_counter()
    pictures = pictures_for(network, torch.from_numpy(clip.frames), thorough)
    prepared = time.perf_counter()
    orders = [in_order(w, reverse) for w in clip.windows]
    done, parts = 0, []  # of a batch: probabilities (w, num_classes), and of its frames (w, T, num_classes)
    kept = KeptMaps(window)
    with torch.inference_mode():
        for batch in _batches(orders, pictures[0].shape[-1]):
            of_crops = []
            for crop in pictures:
                looked = look(network, normalise(crop[batch]))
                of_crops.append((looked.of_clips.softmax(-1), looked.of_frames.softmax(-1)))
                done += len(batch)
                if on_progress:
                    on_progress("forward", done / (len(orders) * len(pictures)))
            parts.append(_mean(of_crops))
            if len(pictures) == 1:
                kept.offer(parts[-1][0], looked.maps)
    window_scores, of_frames = (torch.cat(scores) for scores in zip(*parts, strict=True))
    mean_scores, frame_scores = window_scores.mean(0), of_frames.numpy()
    explained = int(window_scores.amax(1).argmax()) if window is None else window
    rows = in_order(clip.windows[explained], reverse)
    labels = network.facts.labels
    random = ("The weights are random: these answers mean nothing.",) if network.weights == "random" else ()
    return Prediction(
        model=network.name,
        weights=network.weights,
        labels=labels,
        top=_top(mean_scores, labels, top_k),
        windows=tuple(
            WindowAnswer(w.start_sec, w.end_sec, _top(scores, labels, top_k))
            for w, scores in zip(clip.windows, window_scores, strict=True)
        ),
        explained=explained,
        frames=tuple(int(clip.indices[row]) for row in rows),
        frame_times_sec=tuple(float(clip.times_sec[row]) for row in rows),
        frame_scores=frame_scores[explained],
        window_scores=window_scores.numpy(),
        window_frame_scores=frame_scores,
        reversed=reverse,
        warnings=(*clip.warnings, *network.notes, *random, *said_of_frames(network, len(rows))),
        seconds={"prepare": prepared - started, "forward": time.perf_counter() - prepared},
        computed=computed(network),
        maps=kept.maps,
    )


def at_window(answer: Prediction, clip: SampledClip, window: int) -> Prediction:
    """The same answer with another window's frames and frame scores; nothing is computed."""
    rows = in_order(clip.windows[window], answer.reversed)
    return replace(
        answer,
        explained=window,
        frames=tuple(int(clip.indices[row]) for row in rows),
        frame_times_sec=tuple(float(clip.times_sec[row]) for row in rows),
        frame_scores=answer.window_frame_scores[window],
        maps=answer.maps if window == answer.explained else {},
    )


def _batches(orders: list[list[int]], size: int) -> list[Tensor]:
    """(w, T) rows of frames each: as many windows at once as memory should bear."""
    at_once = min(WINDOWS_AT_ONCE, max(1, PIXELS_AT_ONCE // (len(orders[0]) * size**2)))
    return [torch.tensor(orders[start : start + at_once]) for start in range(0, len(orders), at_once)]


def _mean(of_crops: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    windows, frames = zip(*of_crops, strict=True)
    return torch.stack(windows).mean(0), torch.stack(frames).mean(0)


def _top(scores: Tensor, labels: tuple[str, ...], top_k: int) -> tuple[Score, ...]:
    best = scores.topk(min(max(top_k, 1), len(labels)))
    return tuple(
        Score(labels[i], value) for i, value in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    )
