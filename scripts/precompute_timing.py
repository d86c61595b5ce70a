"""The reference timing of What it costs: `python -m scripts.precompute_timing`, on a machine with nothing else to do.

Writes tsm_demo/assets/cost/timing.json. It takes some ten minutes. Every number in it belongs to this machine, so it is
not among what `python -m scripts.precompute` brings up to date.
"""

import sys

from tsm_demo.analysis.measure import Effort, Stage
from tsm_demo.analysis.stored_timing import TIMING, write_reference
from tsm_demo.analysis.timing import Measurement, Setup
from tsm_demo.models.checkpoints import EMBEDDED
from tsm_demo.models.networks import open_network
from tsm_demo.models.registry import ModelSpec
from tsm_demo.serving.measuring import MeasureRequest, measure_apart

EFFORT = Effort(budget_sec=150.0, most_rounds=101, wall_sec=900.0)
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
        time, ratio = runs.time(), runs.ratio(found.runs[found.base()])
        print(
            f"{subject.name:20} fold {subject.fold_div}  {1000 * time.median:7.1f} ms ({1000 * time.low:.1f} to "
            f"{1000 * time.high:.1f})  x {ratio.median:.3f}  {runs.peak_bytes / 2**20:.1f} MiB",
            flush=True,
        )
    return found


def main() -> int:
    """Measure and write."""
    write_reference([measured(request) for request in requests()])
    print(f"wrote {TIMING}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
