"""Networks whose batch norms have seen data, and clips whose frames differ after all pooling."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tsm_demo.models import build_model


def lively(model: nn.Module, example: Tensor, seed: int = 0) -> nn.Module:
    """The network with batch norms that have seen data: as built they pass everything on as it is."""
    torch.manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm3d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.2)
            module.momentum = 1.0  # one pass gives the means and spreads
    with torch.no_grad():
        model.train()(example)
    return model.eval()


def small(name: str, **sizes: object) -> nn.Module:
    """A slim network with lively batch norms, in float64."""
    torch.manual_seed(1)
    return lively(build_model(name, **{"num_classes": 5, "width": 8, **sizes}).double(), clips(4))


def clips(n: int = 2, n_segment: int = 4, side: int = 32) -> Tensor:
    """(n, n_segment, 3, side, side) float64; large patches of colour, so that frames differ after all pooling."""
    patches = torch.randn(n * n_segment, 3, 3, 3, generator=torch.Generator().manual_seed(7)).double()
    return F.interpolate(2 * patches, side, mode="bilinear").unflatten(0, (n, n_segment))


def tied(name: str, model: nn.Module, **sizes: object) -> nn.Module:
    """Another network with the same weights."""
    other = small(name, **sizes)
    other.load_state_dict(model.state_dict())
    return other
