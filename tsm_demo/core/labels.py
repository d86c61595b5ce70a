"""Motion-12: twelve things a clip can be seen to do, in the order of the embedded networks' outputs.

Five pairs are each other's reversal in time, two labels are their own. A clip and its reversal hold the same
frames, so whatever tells a pair apart has used the order of the frames.
"""

MOTION_LABELS: tuple[str, ...] = (
    "moves right",
    "moves left",
    "moves down",
    "moves up",
    "comes closer",
    "goes away",
    "turns clockwise",
    "turns counter-clockwise",
    "come together",
    "move apart",
    "stays still",
    "goes back and forth",
)
PAIRED_LABELS = 10  # labels 2k and 2k+1 below this one are each other's reversal


def reversed_label(label: int) -> int:
    """Index of what a clip of class `label` shows when its frames are played backwards."""
    return label ^ 1 if label < PAIRED_LABELS else label
