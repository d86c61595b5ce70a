"""A prediction as the comparison of two ways takes it."""

from tsm_demo.analysis.predict import Prediction
from tsm_demo.viz.two_answers import ScoredClip


def scored(answer: Prediction) -> ScoredClip:
    """The scores of the explained window."""
    return ScoredClip(answer.window_scores[answer.explained], answer.frame_scores)
