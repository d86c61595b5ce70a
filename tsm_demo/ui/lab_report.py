"""The current result of Time lab as a file to take along; it is made only when the button is pressed."""

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from hashlib import file_digest
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import streamlit as st

import tsm_demo
from tsm_demo.ui.lab_view import (
    Experiment,
    card_parts,
    headline,
    reasons,
    scores_table,
    verdict,
)
from tsm_demo.viz.report import Facts, NetworkPart, Picture, Report, report_html


def show_report(found: Experiment, words: Mapping[str, str]) -> None:
    """The button, and what the file holds."""
    st.subheader(words["report"], anchor=False)
    st.markdown(words["report_text"])
    address = f"time_lab?{urlencode(dict(st.query_params))}"
    st.download_button(
        words["report_button"],
        data=partial(make, found, address, words),
        file_name=f"time_lab_{'own_clip' if found.clip.content else found.clip.name.replace(' ', '_')}.html",
        mime="text/html",
        icon=":material/download:",
        key="lab_report",
        on_click="ignore",
    )


def make(found: Experiment, address: str, words: Mapping[str, str]) -> str:
    """The file; decodes the clip and explains every answer, in the line."""
    # Imported here, because the page's opening needs no torch.
    from tsm_demo.analysis.explain import explain, held
    from tsm_demo.analysis.orders import read_speeds
    from tsm_demo.models.networks import load_network
    from tsm_demo.serving.line import Report as Progress
    from tsm_demo.ui.answers import predictor
    from tsm_demo.ui.lab_answers import FILMED, READER, change_of, one_window
    from tsm_demo.viz.heat import overlay_heat

    def job(path: Path, progress: Progress) -> str:
        speeds = read_speeds(load_network(READER), path, on_progress=progress)
        filmed = one_window(speeds, found.window, FILMED)
        shown = one_window(speeds, found.window, change_of(found.shown))
        ways = ((filmed, words["as_filmed"]), (shown, found.how))
        overlays: list[Picture] = []
        for network, both in found.answers.items():
            progress("explain", len(overlays) / len(found.answers))
            maps = explain(load_network(network), shown, 0, both.shown.best)
            frames = shown.window_frames(0)
            overlays.append(
                Picture(
                    overlay_heat(frames, held(maps, len(frames)), side=240),
                    words["report_heat"].format(
                        network=words[f"net_{network}"], label=both.shown.label, how=found.how
                    ),
                )
            )
        return report_html(
            Report(
                title=headline(found, words),
                finding=reasons(found, words).replace("**", ""),
                pictures=[Picture(clip.window_frames(0), name) for clip, name in ways],
                networks=[
                    NetworkPart(
                        words[f"net_{network}"],
                        verdict(network, both, found, words).replace("**", ""),
                        *card_parts(network, both, found, words),
                    )
                    for network, both in found.answers.items()
                ],
                overlays=overlays,
                scores_title=words["report_scores"],
                scores=scores_table(found, words),
                facts_title=words["report_facts"],
                facts=facts(found, address, words),
            )
        )

    with found.clip.on_disk() as path:
        ticket = predictor().submit(path, job)
        return str(ticket.result())


def facts(found: Experiment, address: str, words: Mapping[str, str]) -> Facts:
    """Settings and versions: enough to come back to the same result."""
    import torch

    from tsm_demo.models.checkpoints import embedded_path

    weights = [
        (words["fact_weights"].format(network=words[f"net_{network}"]), _digest(embedded_path(network)))
        for network in found.answers
    ]
    return [
        (words["fact_clip"], found.clip.name),
        (words["fact_shown"], found.how),
        (words["fact_link"], address),
        (words["fact_time"], datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")),
        *weights,
        ("tsm_demo", tsm_demo.__version__),
        ("torch", torch.__version__),
        ("numpy", np.__version__),
        ("streamlit", st.__version__),
        ("Python", f"{platform.python_version()}, {platform.system()} {platform.machine()}"),
    ]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"{path.name}, SHA-256 {file_digest(file, 'sha256').hexdigest()}"
