"""A file as MMAction2 publishes a network, with weights that anybody can make again from their names."""

import json
from pathlib import Path

import torch

from tests.models.foreign_states import recipe_weights

FACTS = Path(__file__).parent / "parity" / "mmaction2_tsm_r50_8f_k400.json"


def write_published(path: Path) -> Path:
    """TSM-R50 for the 400 classes of Kinetics."""
    facts = json.loads(FACTS.read_text())
    torch.save({"meta": {"epoch": 50}, "state_dict": recipe_weights(facts["keys"], facts["seed"])}, path)
    return path
