"""All tests compute in float32, as on any machine; those of bfloat16 ask for it."""

import os

os.environ.setdefault("TSM_DEMO_PRECISION", "float32")
