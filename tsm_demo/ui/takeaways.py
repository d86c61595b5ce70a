"""Download buttons: the overlay and the scores, made when they are asked for."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from tsm_demo.analysis.predict import Prediction
from tsm_demo.viz.heat import overlay_heat
from tsm_demo.viz.takeaway import animation, as_csv, as_dict

MIME = {"webp": "image/webp", "gif": "image/gif", "mp4": "video/mp4"}


def show_downloads(
    name: str,
    answer: Prediction,
    frames: NDArray[np.uint8],
    maps: NDArray[np.float32],
    words: Mapping[str, str],
) -> None:
    """A row of buttons; `frames` and `maps` in the order shown."""
    stem = Path(name).stem or "clip"

    def overlay(kind: str) -> bytes:
        return animation(overlay_heat(frames, maps), answer.frame_times_sec, kind)

    columns = st.columns(5)
    for column, kind in zip(columns, MIME, strict=False):
        column.download_button(
            words[f"download_{kind}"],
            data=partial(overlay, kind),
            file_name=f"{stem}_heat.{kind}",
            mime=MIME[kind],
            key=f"download_{kind}",
            on_click="ignore",
            width="stretch",
        )
    columns[3].download_button(
        words["download_csv"],
        data=as_csv(answer),
        file_name=f"{stem}_scores.csv",
        mime="text/csv",
        key="download_csv",
        on_click="ignore",
        width="stretch",
    )
    columns[4].download_button(
        words["download_json"],
        data=json.dumps(as_dict(answer), indent=1),
        file_name=f"{stem}_scores.json",
        mime="application/json",
        key="download_json",
        on_click="ignore",
        width="stretch",
    )
    seconds = answer.seconds
    st.caption(
        words["took"].format(
            decode=f"{seconds.get('decode', 0):.2f}",
            forward=f"{seconds.get('forward', 0):.2f}",
            windows=len(answer.windows),
            computed=answer.computed,
        )
    )
