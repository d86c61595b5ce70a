"""What our networks cost at their usual clip, counted; `python -m scripts.precompute` runs it with the rest.

Writes tsm_demo/assets/cost/networks.json: every network of the registry with 400 classes, the embedded ones as they are.
"""

from tsm_demo.analysis.cost import cost
from tsm_demo.models.checkpoints import EMBEDDED, embedded_path, load_checkpoint
from tsm_demo.models.registry import ModelSpec, list_models, usual_input
from tsm_demo.viz.stored_costs import COSTS, NetworkCost, write_costs


def count(name: str) -> NetworkCost:
    """Parameters and multiply-adds of a network, by name."""
    if name in EMBEDDED:
        facts = load_checkpoint(embedded_path(name)).facts
        found = cost(facts.spec, facts.spec.n_segment, facts.picture_size)
    else:
        usual = usual_input(name)
        found = cost(ModelSpec(name), usual.frames, usual.size)
    return NetworkCost(found.params, found.macs, found.frames, found.size)


def precompute() -> None:
    """Count and write for every network."""
    COSTS.parent.mkdir(exist_ok=True)
    write_costs({name: count(name) for name in (*list_models(), *EMBEDDED)})
    print("networks  costs counted", flush=True)
