"""Grad-CAM over time with the means to doubt it: another method, the score without the places, random weights."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from tsm_demo.analysis.explain import explain, held
from tsm_demo.analysis.faithfulness import Curves, frame_curves, frame_weights, patch_curves
from tsm_demo.analysis.occlusion import occlude_frames, occlude_space
from tsm_demo.analysis.predict import answer_clip
from tsm_demo.analysis.randomised_weights import TOO_ALIKE, RandomisedWeights, randomise_weights
from tsm_demo.analysis.seeing import window_tensor
from tsm_demo.analysis.stored_lab import read_lab
from tsm_demo.models.networks import load_network
from tsm_demo.serving.line import Report
from tsm_demo.ui.address import Linked
from tsm_demo.ui.answers import wait_in_line
from tsm_demo.ui.clips import Clip
from tsm_demo.ui.components.cam_player import cam_player
from tsm_demo.ui.lab_answers import FILMED, decoded, one_window
from tsm_demo.ui.lab_choices import freeze
from tsm_demo.ui.lab_kept import kept
from tsm_demo.ui.picture_card import PLOT, Table
from tsm_demo.ui.player_words import player_words
from tsm_demo.ui.text import words
from tsm_demo.video.animate import to_jpeg
from tsm_demo.video.clip import SampledClip
from tsm_demo.viz.doubt_figures import alikeness_figure, curves_figure, frame_bars
from tsm_demo.viz.heat import shrink_frames
from tsm_demo.viz.scored import scored
from tsm_demo.viz.two_answers import ScoredClip

SIDE_BY_SIDE = ("motion_tsn", "motion")
METHOD = Linked("lab", "method", {name: name for name in ("gradcam", "occlusion")}, "gradcam")
TESTED = Linked("lab", "tested", {"tsm": "motion", "2d": "motion_tsn"}, "motion")
FRAMES_KEY = "lab_frame_weights"
Maps = NDArray[np.float32]


def show_maps(clip: Clip, window: int) -> None:
    """Two networks' maps of the clip as filmed, then the tests of one of them."""
    W = words("time_lab_maps")
    filmed = one_window(decoded(clip, words("time_lab")), window, FILMED)
    st.markdown(W["point"])
    method = st.segmented_control(
        W["method"], format_func=lambda name: W[f"method_{name}"], required=True, **METHOD.widget()
    )
    st.caption(W[f"about_{method}"])
    pictures = [to_jpeg(frame) for frame in shrink_frames(filmed.window_frames(0))]
    for column, network in zip(st.columns(2, gap="medium"), SIDE_BY_SIDE, strict=True):
        answer, maps = _maps(clip, window, filmed, network, method)
        with column:
            st.markdown(f"**{words('time_lab')[f'net_{network}']}**: {answer.label}")
            cam_player(
                frames=pictures,
                maps=maps,
                times_sec=[float(filmed.times_sec[row]) for row in filmed.windows[0].rows],
                frame_scores=[float(score) for score in answer.frame_scores[:, answer.best]],
                class_label=answer.label,
                words=player_words(),
                key=f"lab_player {network} {clip.identity} {window}",
            )
    st.markdown("#### " + W["doubt"])
    st.markdown(W["doubt_text"])
    tested = st.segmented_control(
        W["tested"],
        format_func=lambda network: words("time_lab")[f"net_{network}"],
        required=True,
        **TESTED.widget(),
    )
    _show_frames(clip, window, filmed, tested, W)
    _show_curves(clip, window, filmed, tested, method, W)
    _show_random(clip, window, filmed, tested, W)


def _show_frames(clip: Clip, window: int, filmed: SampledClip, network: str, W: Mapping[str, str]) -> None:
    """The strip of how much each frame matters, by both methods."""
    _, maps = _maps(clip, window, filmed, network, "gradcam")
    falls = _occluded(clip, window, filmed, network)[1]
    weights = {
        W["method_gradcam"]: frame_weights(torch.from_numpy(maps)).tolist(),
        W["method_occlusion"]: (falls / max(float(np.abs(falls).max()), 1e-12)).tolist(),
    }
    st.markdown(f"**{W['frames_title']}** {W['frames_text']}")
    items = "; ".join(f"{name}: {', '.join(f'{x:.0%}' for x in xs)}" for name, xs in weights.items())
    st.plotly_chart(
        frame_bars(weights),
        key=FRAMES_KEY,
        width="stretch",
        config=PLOT,
        on_select=_take_click,
        selection_mode="points",
        alt=W["frames_alt"].format(items=items),
    )
    show_table("frames", lambda: {W["column_frame"]: list(range(1, len(falls) + 1)), **weights}, W)


def _show_curves(
    clip: Clip, window: int, filmed: SampledClip, network: str, method: str, W: Mapping[str, str]
) -> None:
    """Deletion and insertion, over patches and over frames."""
    found: dict[str, Curves] = _in_line(
        clip,
        ("curves", window, network, method),
        lambda: _curves(clip, filmed, network, method, _maps(clip, window, filmed, network, method)[1]),
    )
    for column, (over, curves) in zip(st.columns(2, gap="medium"), found.items(), strict=True):
        randoms = curves.random_areas
        areas = {
            "deletion": f"{curves.deletion_area:.2f}",
            "insertion": f"{curves.insertion_area:.2f}",
            "random": f"{min(randoms):.2f}–{max(randoms):.2f}",
        }
        better = curves.deletion_area < min(randoms), curves.insertion_area > max(randoms)
        verdict = W[("curves_bad", "curves_half", "curves_good")[sum(better)]]
        with column:
            st.markdown(f"**{W[f'over_{over}']}** {verdict}")
            st.plotly_chart(
                curves_figure(
                    curves,
                    {name: W[f"curve_{name}"].format(area=area) for name, area in areas.items()},
                    W["curves_axis"],
                ),
                key=f"lab_curves_{over}",
                width="stretch",
                config=PLOT,
                alt=W["curves_alt"].format(over=W[f"over_{over}"], **areas),
            )
            show_table(f"curves_{over}", partial(_curves_table, curves, W), W)
    st.caption(W["curves_text"])
    st.markdown(over_all_clips(W))


def over_all_clips(W: Mapping[str, str]) -> str:
    """On how many of the bundled clips TSM's Grad-CAM passes each test."""
    maps = read_lab().maps
    return W["curves_over"].format(
        clips=len(maps),
        places=sum(trust.patches.deletion < trust.patches.chance for trust in maps),
        frames=sum(trust.frames.deletion < trust.frames.chance for trust in maps),
        alike=sum(trust.left >= TOO_ALIKE for trust in maps),
    )


def _show_random(clip: Clip, window: int, filmed: SampledClip, network: str, W: Mapping[str, str]) -> None:
    """Whether the map is another when the weights are."""
    found: RandomisedWeights = _in_line(
        clip, ("random", window, network), lambda: _randomised(filmed, network)
    )
    st.markdown(f"**{W['random_title']}** {W['random_text']}")
    told = W["random_good" if found.depends else "random_bad"].format(left=f"{found.left:.2f}")
    (st.success if found.depends else st.warning)(told)
    st.plotly_chart(
        alikeness_figure(found.layers, found.correlations, TOO_ALIKE, W["random_axis"]),
        key="lab_random",
        width="stretch",
        config=PLOT,
        alt=W["random_alt"].format(
            items=", ".join(
                f"{layer} {row.mean():.2f}"
                for layer, row in zip(found.layers, found.correlations, strict=True)
            )
        ),
    )
    show_table(
        "random",
        lambda: {
            W["column_layer"]: list(found.layers),
            W["random_axis"]: found.correlations.mean(1).tolist(),
        },
        W,
    )


def _curves_table(curves: Curves, W: Mapping[str, str]) -> Table:
    return {
        W["curves_axis"]: curves.shares.tolist(),
        W["column_deletion"]: curves.deletion.tolist(),
        W["column_insertion"]: curves.insertion.tolist(),
        **{
            W["column_random"].format(number=number): random.tolist()
            for number, random in enumerate(curves.random, 1)
        },
    }


def show_table(name: str, table: Callable[[], Table], W: Mapping[str, str]) -> None:
    """A figure's numbers, made when they are asked for."""
    with st.expander(W["table"], on_change="rerun", key=f"lab_numbers_{name}") as shown:
        if shown.open:
            st.dataframe(table(), hide_index=True)


def _take_click() -> None:
    """A clicked frame: the clip is frozen on it, at the top of the page."""
    points = st.session_state[FRAMES_KEY].selection.points
    if points:
        freeze(int(points[0]["point_index"]))


def _maps(clip: Clip, window: int, filmed: SampledClip, network: str, method: str) -> tuple[ScoredClip, Maps]:
    """The network's answer, and (T, h, w) maps of its best label in 0..1."""

    def job() -> tuple[ScoredClip, Maps]:
        answer = scored(answer_clip(load_network(network), filmed))
        maps = explain(load_network(network), filmed, 0, answer.best)
        return answer, held(maps, len(filmed.windows[0].rows))

    answer, maps = _in_line(clip, ("map", window, network), job)
    if method == "gradcam":
        return answer, maps
    space, frames = _occluded(clip, window, filmed, network)
    both = np.maximum(space, 0)[None] * np.maximum(frames, 0)[:, None, None]
    return answer, (both / max(float(both.max()), 1e-12)).astype(np.float32)


def _occluded(clip: Clip, window: int, filmed: SampledClip, network: str) -> tuple[Maps, Maps]:
    """(7, 7) and (T,) falls of the best label's logit when a place, or a frame, is covered."""

    def job() -> tuple[Maps, Maps]:
        asked = load_network(network)
        seen = window_tensor(asked, filmed, 0)
        best = scored(answer_clip(asked, filmed)).best
        return occlude_space(asked, seen, best).numpy(), occlude_frames(asked, seen, best).numpy()

    found: tuple[Maps, Maps] = _in_line(clip, ("occluded", window, network), job)
    return found


def _curves(clip: Clip, filmed: SampledClip, network: str, method: str, maps: Maps) -> dict[str, Curves]:
    asked = load_network(network)
    seen = window_tensor(asked, filmed, 0)
    best = scored(answer_clip(asked, filmed)).best
    cells = torch.from_numpy(maps)
    return {
        "patches": patch_curves(asked, seen, best, cells),
        "frames": frame_curves(asked, seen, best, frame_weights(cells)),
    }


def _randomised(filmed: SampledClip, network: str) -> RandomisedWeights:
    asked = load_network(network)
    best = scored(answer_clip(asked, filmed)).best
    return randomise_weights(asked, window_tensor(asked, filmed, 0), best)


def _in_line(clip: Clip, asked: tuple[object, ...], make: Callable[[], Any]) -> Any:
    """The kept result, or one that is computed when this visitor's turn has come."""

    def job(path: Path, report: Report) -> Any:
        report("explain", 0.0)
        return make()

    return kept(clip, asked, lambda: wait_in_line(clip, job, words("time_lab")))
