"""The like-for-like 3D network: the same ResNet with every K x K convolution (K > 1) made K x K x K.

No stride in time, so that there is a score for every frame, as in the 2D network and TSM. What it costs is K times the
2D network's multiplications, layer by layer. Sources: C3D, arXiv:1412.0767 (3 x 3 x 3 throughout); the inflated ResNet of
I3D, arXiv:1705.07750, section 2.4.
"""

from functools import partial

from tsm_demo.models.registry import register
from tsm_demo.models.resnet import RESNET_SETTINGS, VideoResNet

for _depth in (18, 50):
    register(f"cnn3d_resnet{_depth}", settings=RESNET_SETTINGS)(partial(VideoResNet, depth=_depth, dims=3))
