"""The sample clips by name, in the order of the labels: what each shows, how long, and how it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from . import (
    ball_rolls_right,
    balloon_rises,
    billiard_balls_meet,
    clock_turns_clockwise,
    cottage_comes_closer,
    fruit_stays_still,
    lantern_swings,
    leaf_falls,
    mountains_pass_left,
    paper_boats_part,
    pinwheel_turns_counter_clockwise,
    van_drives_away,
)
from .paint import Frame


@dataclass(frozen=True, slots=True)
class Scene:
    """One clip to be rendered."""

    label: str  # the motion it shows, as the models name it
    shows: str  # one sentence
    seconds: float
    render: Callable[[float], Frame]  # time in [0, 1] -> (360, 480, 3) uint8 RGB, the same at every call


def _scene(module: ModuleType, label: str, seconds: float = 2.5) -> Scene:
    return Scene(label, str(module.__doc__).strip(), seconds, module.render)


SCENES: dict[str, Scene] = {
    "ball_rolls_right": _scene(ball_rolls_right, "moves right"),
    "mountains_pass_left": _scene(mountains_pass_left, "moves left"),
    "leaf_falls": _scene(leaf_falls, "moves down"),
    "balloon_rises": _scene(balloon_rises, "moves up"),
    "cottage_comes_closer": _scene(cottage_comes_closer, "comes closer"),
    "van_drives_away": _scene(van_drives_away, "goes away"),
    "clock_turns_clockwise": _scene(clock_turns_clockwise, "turns clockwise"),
    "pinwheel_turns_counter_clockwise": _scene(pinwheel_turns_counter_clockwise, "turns counter-clockwise"),
    "billiard_balls_meet": _scene(billiard_balls_meet, "come together"),
    "paper_boats_part": _scene(paper_boats_part, "move apart"),
    "fruit_stays_still": _scene(fruit_stays_still, "stays still"),
    "lantern_swings": _scene(lantern_swings, "goes back and forth"),
}
