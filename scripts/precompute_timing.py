"""The reference timing of What it costs: `python -m scripts.precompute_timing`, on a machine with nothing else to do.

Writes tsm_demo/assets/cost/timing.json. It takes some ten minutes, and before each of its parts it waits until the
machine has become quiet; with `--now` it does not. Every number in it belongs to this machine, so it is not among
what `python -m scripts.precompute` brings up to date.
"""

import argparse
import sys
import time

from tsm_demo.analysis.machine import load_average
from tsm_demo.analysis.measure import Effort, Stage
from tsm_demo.analysis.stored_timing import TIMING, write_reference
from tsm_demo.analysis.timing import Measurement, Setup
from tsm_demo.models.checkpoints import EMBEDDED
from tsm_demo.models.networks import open_network
from tsm_demo.models.registry import ModelSpec
from tsm_demo.serving.measuring import MeasureRequest, measure_apart

EFFORT = Effort(budget_sec=150.0, most_rounds=101, wall_sec=900.0)
QUIET = 0.5  # load average: less than one process that wants half of a core
WAIT_SEC = 15.0
# The naive shift (fold_div 2: every channel, half each way) beside 1/8, for arXiv:1811.08383, figure 2 (a).
RESNET50 = (
    ModelSpec("tsn_resnet50"),
    ModelSpec("tsm_resnet50"),
    ModelSpec("tsm_resnet50", fold_div=2),
    ModelSpec("cnn3d_resnet50"),
)
RESNET18 = (ModelSpec("tsn_resnet18"), ModelSpec("tsm_resnet18"), ModelSpec("cnn3d_resnet18"))


def requests() -> list[MeasureRequest]:
    """What is measured: ResNet-50 and 18 on 8 frames of 224 pixels, and the embedded networks on their own clip."""
    published = Setup(frames=8, size=224)
    embedded = [open_network(name).facts for name in EMBEDDED]
    own = Setup(frames=embedded[0].spec.n_segment, size=embedded[0].picture_size)
    return [
        MeasureRequest(RESNET50, published, EFFORT),
        MeasureRequest(RESNET18, published, EFFORT),
        MeasureRequest(tuple(facts.spec for facts in embedded), own, EFFORT),
    ]


def measured(request: MeasureRequest) -> Measurement:
    """Measure, and say how it goes."""

    def tell(stage: Stage) -> None:
        if stage.network == 0 and stage.round % 10 == 0:
            print(f"  {stage.step} {stage.round or ''} {stage.progress:.0%}", flush=True)

    found = measure_apart(request, tell)
    for subject, runs in found.runs.items():
        spread, ratio = runs.time(), runs.ratio(found.runs[found.base()])
        print(
            f"{subject.name:20} fold {subject.fold_div}  {1000 * spread.median:7.1f} ms ({1000 * spread.low:.1f} to "
            f"{1000 * spread.high:.1f})  x {ratio.median:.3f}  {runs.peak_bytes / 2**20:.1f} MiB",
            flush=True,
        )
    return found


def wait_for_quiet() -> None:
    """Until other work has ended; what this command itself did a minute ago counts as such, too."""
    while (load := load_average()) > QUIET:
        print(f"waiting: the load average is {load}, and a timing needs {QUIET} or less", flush=True)
        time.sleep(WAIT_SEC)


def main(arguments: list[str] | None = None) -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description="Take the reference timing.")
    parser.add_argument("--now", action="store_true", help="do not wait until the machine is quiet")
    now = parser.parse_args(arguments).now
    found = []
    for request in requests():
        if not now:
            wait_for_quiet()
        found.append(measured(request))
    write_reference(found)
    print(f"wrote {TIMING}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
