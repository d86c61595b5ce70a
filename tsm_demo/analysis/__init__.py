"""Numbers about networks and clips: prediction, Grad-CAM, cost; no pictures."""
