"""A 2D ResNet-50 on every frame, and an LSTM over time: the last step's state decides.

After LRCN, arXiv:1411.4389, section 3, in the form of "ConvNet+LSTM" in arXiv:1705.07750, section 2.1: 512 hidden units
over the globally pooled features, the answer read at the last step. As in TSN, the 2D network is ResNet-50 (theirs are
CaffeNet and Inception-v1), and the LSTM is torch's, with two biases a gate and no batch norm.
"""

from torch import Tensor, nn

from tsm_demo.models.registry import ModelSpec, register
from tsm_demo.models.resnet import RESNET_SETTINGS, ResNet

HIDDEN = 512


@register("cnn_lstm_resnet50", settings=RESNET_SETTINGS)
class CnnLstm(ResNet):
    """There is no score for a single frame: what the network says at the end rests on all it has seen."""

    exact = ("lstm", "fc")

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__(spec, depth=50)
        self.lstm = nn.LSTM(self.fc.in_features, HIDDEN, batch_first=True)
        self.fc = nn.Linear(HIDDEN, spec.num_classes)

    def run_head(self, x: Tensor, steps: int) -> Tensor:
        pooled = x.mean((2, 3), dtype=self.fc.weight.dtype).unflatten(0, (-1, steps))  # (N, T, C)
        states, _ = self.lstm(pooled)
        return self.fc(states[:, -1])
