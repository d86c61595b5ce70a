"""Files of MIT's and MMAction2's give the logits that their own code gives."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.models.foreign_states import recipe_clip, recipe_weights
from tsm_demo.models import load_checkpoint

VECTORS = sorted((Path(__file__).parent / "parity").glob("*.json"))


class Configuration:
    """Stands for the objects of other code bases' classes that their files hold beside the tensors."""


def written(path: Path, name: str, state: dict) -> Path:
    """As each code base writes it: MIT's with its optimiser in the old format, MMAction2's with its `meta`."""
    if name.startswith("mit"):
        buffers = {index: {"momentum_buffer": torch.ones(3)} for index in range(9)}
        whole = {
            "epoch": 50,
            "arch": "resnet",
            "optimizer": {"state": buffers},
            "best_prec1": torch.tensor(70.1),
        }
        torch.save(whole | {"state_dict": state}, path, _use_new_zipfile_serialization=False)
    else:
        torch.save({"meta": {"cfg": Configuration(), "seed": 0}, "state_dict": state}, path)
    return path


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.stem)
def test_logits_are_those_of_the_code_base(vector: Path, tmp_path: Path) -> None:
    told = json.loads(vector.read_text())
    state = recipe_weights(told["keys"], told["seed"])
    loaded = load_checkpoint(written(tmp_path / "weights.pth", told["name"], state))
    assert loaded.spelling == ("MIT" if told["name"].startswith("mit") else "MMAction2")
    depth = told.get("depth") or int(told["base"].removeprefix("resnet"))
    spec = loaded.facts.spec
    assert spec.name == f"{'tsm' if told['shift'] else 'tsn'}_resnet{depth}"
    assert (spec.num_classes, spec.fold_div, spec.placement) == (told["num_classes"], 8, "residual")
    assert {value.dtype for value in loaded.model.parameters()} == {torch.float32}
    with torch.inference_mode():
        logits = loaded.model(recipe_clip(told["seed"], told["num_segments"]))[0].numpy()
    expected = np.array(told["logits"], np.float32)
    assert np.abs(logits - expected).max() < 1e-5
    assert np.abs(expected).max() > 0.1  # so that 1e-5 means something


def test_there_are_vectors_of_both_code_bases() -> None:
    assert {path.stem.split("_")[0] for path in VECTORS} == {"mit", "mmaction2"}
    assert len(VECTORS) >= 5
