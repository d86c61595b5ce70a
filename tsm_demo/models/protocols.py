"""How many views of a clip a published accuracy is the mean of, read from the words of the zoo."""

import re

from tsm_demo.core.views import MOST_CLIPS, Views
from tsm_demo.models.zoo import ZooEntry

WORDING = re.compile(r"\d+ frames x (\d+) clips?(?: \(dense\))?, (?:the centre crop|(\d+) crops) of (\d+)")
USUAL_THOROUGH = 10  # crops, where no accuracy of more than a single view was published


def protocol_views(protocol: str) -> Views:
    """ "8 frames x 2 clips, 3 crops of 256" as views. Raises ValueError for other words."""
    found = WORDING.fullmatch(protocol)
    if found is None:
        raise ValueError(f"{protocol!r} is not worded as the zoo does")
    clips, crops, size = found.groups(default="1")
    return Views(int(clips), int(crops), int(size))


def thorough_views(entry: ZooEntry) -> Views:
    """As many views as its most thorough published accuracy is the mean of; ten crops where that is a single one.

    An accuracy of a network trained on segments that was measured densely does not count.
    """
    most_clips = 2 if entry.sampling == "uniform" else MOST_CLIPS
    measured = [
        views for one in entry.accuracy if (views := protocol_views(one.protocol)).clips <= most_clips
    ]
    most = max(measured, key=lambda views: views.count, default=Views())
    return most if most.count > 1 else Views(1, USUAL_THOROUGH, entry.crop)
