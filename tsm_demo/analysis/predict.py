"""From a clip to labels: windows, top labels, and what each sampled frame says."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tsm_demo.core.errors import TsmDemoError
from tsm_demo.core.sampling import SamplingPlan
from tsm_demo.core.score import CLEAR_SCORE, Score
from tsm_demo.models.networks import Network, load_network
from tsm_demo.models.video_network import ScoresFrames
from tsm_demo.video.clip import MIB, DecodeLimits
from tsm_demo.video.decode import SampledClip, SampledWindow, read_clip
from tsm_demo.video.tensors import normalise, squeeze_frames

WINDOWS_AT_ONCE = 8
KEPT_SHORT_SIDE = 360  # pixels; frames are also shown, not only looked at
LIMITS = DecodeLimits(max_output_bytes=128 * MIB)  # of a ten-minute clip's frames, kept smaller to fit
Progress = Callable[[str, float], None]  # called with the step ("decode" or "forward") and its share done


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
    window: int | None = None,
    on_progress: Progress | None = None,
) -> Prediction:
    """Decode a clip and name what it shows.

    Args:
        model: an embedded network, or an architecture's name (random weights).
        checkpoint: a weights file of this project instead.
        start_sec, end_sec: the part of the clip to look at.
        reverse: show the network the sampled frames in reverse order.
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
    window: int | None = None,
    on_progress: Progress | None = None,
) -> tuple[Prediction, SampledClip]:
    """`predict`, with the decoded clip for whoever goes on to draw it."""
    started = time.perf_counter()
    network = load_network(model, Path(checkpoint) if checkpoint else None)
    loaded = time.perf_counter()
    clip = read_for(network, path, start_sec, end_sec, on_progress)
    decoded = time.perf_counter()
    answer = answer_clip(network, clip, top_k, reverse=reverse, window=window, on_progress=on_progress)
    answer.seconds.update(load=loaded - started, decode=decoded - loaded)
    return answer, clip


def read_for(
    network: Network,
    path: str | Path,
    start_sec: float | None = None,
    end_sec: float | None = None,
    on_progress: Progress | None = None,
    speeds: tuple[float, ...] = (1.0,),
) -> SampledClip:
    """Decode the frames that a network looks at, at each of the `speeds` (see SamplingPlan). Raises VideoError."""
    plan = SamplingPlan(
        n_segment=network.facts.spec.n_segment,
        kind=network.facts.sampling,
        start_sec=start_sec,
        end_sec=end_sec,
        short_side=KEPT_SHORT_SIDE,
        speeds=speeds,
    )
    report = (lambda share: on_progress("decode", share)) if on_progress else None
    return read_clip(path, plan, LIMITS, report)


def answer_clip(
    network: Network,
    clip: SampledClip,
    top_k: int = 5,
    *,
    reverse: bool = False,
    window: int | None = None,
    on_progress: Progress | None = None,
) -> Prediction:
    """Name what a decoded clip shows; arguments as `predict`. Raises TsmDemoError for a window that is none."""
    if window is not None and not 0 <= window < len(clip.windows):
        raise TsmDemoError(f"There is no window {window}: this clip has {len(clip.windows)}, counted from 0.")
    started = time.perf_counter()
    pictures = squeeze_frames(torch.from_numpy(clip.frames), network.facts.picture_size)
    prepared = time.perf_counter()
    parts = []  # a window batch: logits (w, num_classes), and of its frames (w, T, num_classes)
    with torch.inference_mode():
        for start in range(0, len(clip.windows), WINDOWS_AT_ONCE):
            batch = torch.tensor(
                [_in_order(w, reverse) for w in clip.windows[start : start + WINDOWS_AT_ONCE]]
            )
            parts.append(window_logits(network, normalise(pictures[batch])))
            if on_progress:
                on_progress("forward", (start + len(batch)) / len(clip.windows))
    window_scores, of_frames = (torch.cat(logits).softmax(-1) for logits in zip(*parts, strict=True))
    mean_scores, frame_scores = window_scores.mean(0), of_frames.numpy()
    explained = int(window_scores.amax(1).argmax()) if window is None else window
    rows = _in_order(clip.windows[explained], reverse)
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
        warnings=(*clip.warnings, *random),
        seconds={"prepare": prepared - started, "forward": time.perf_counter() - prepared},
    )


def at_window(answer: Prediction, clip: SampledClip, window: int) -> Prediction:
    """The same answer with another window's frames and frame scores; nothing is computed."""
    rows = _in_order(clip.windows[window], answer.reversed)
    return replace(
        answer,
        explained=window,
        frames=tuple(int(clip.indices[row]) for row in rows),
        frame_times_sec=tuple(float(clip.times_sec[row]) for row in rows),
        frame_scores=answer.window_frame_scores[window],
    )


def window_tensor(network: Network, clip: SampledClip, window: int, reverse: bool = False) -> Tensor:
    """(T, 3, size, size) float32, normalised: what the network sees of one window."""
    frames = clip.frames[_in_order(clip.windows[window], reverse)]
    return normalise(squeeze_frames(torch.from_numpy(frames), network.facts.picture_size))


def window_logits(network: Network, clips: Tensor) -> tuple[Tensor, Tensor]:
    """Calibrated: (w, T, 3, size, size) to logits (w, num_classes), and of the frames (w, T or 0, num_classes)."""
    model, temperature = network.model, network.facts.temperature
    if isinstance(model, ScoresFrames):
        of_frames = model.frame_logits(model.features(clips), clips.shape[1]) / temperature
        return of_frames.mean(1), of_frames
    of_clips = model(clips) / temperature
    return of_clips, of_clips[:, None][:, :0]


def _in_order(window: SampledWindow, reverse: bool) -> list[int]:
    return list(window.rows[::-1] if reverse else window.rows)


def _top(scores: Tensor, labels: tuple[str, ...], top_k: int) -> tuple[Score, ...]:
    best = scores.topk(min(max(top_k, 1), len(labels)))
    return tuple(
        Score(labels[i], value) for i, value in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    )
