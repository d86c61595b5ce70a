"""What Time lab opens with, computed beforehand; `python -m scripts.precompute` runs it with the rest.

Writes tsm_demo/assets/lab/answers.npz: all scores of the four embedded networks, forwards and backwards.
"""

from tsm_demo.analysis.orders import Change, changed, read_speeds
from tsm_demo.analysis.predict import answer_clip
from tsm_demo.models.networks import load_network
from tsm_demo.ui.clips import bundled_clip, bundled_labels
from tsm_demo.viz.both_orders import NETWORKS
from tsm_demo.viz.scored import scored
from tsm_demo.viz.stored_orders import ANSWERS, write_stored
from tsm_demo.viz.two_answers import TwoAnswers


def ask(name: str) -> dict[str, TwoAnswers]:
    """What each network says of a sample clip in both orders."""
    with bundled_clip(name).on_disk() as path:
        clips = read_speeds(load_network(NETWORKS[0]), path)
    ways = [changed(clips, Change(order)) for order in ("forwards", "backwards")]
    return {
        network: TwoAnswers(*(scored(answer_clip(load_network(network), way)) for way in ways))
        for network in NETWORKS
    }


def precompute() -> None:
    """Ask and write for every sample clip."""
    ANSWERS.parent.mkdir(exist_ok=True)
    answers = {}
    for name in bundled_labels():
        answers[name] = ask(name)
        print(f"{name}  {answers[name]['motion'].outcome}", flush=True)
    write_stored(answers)
