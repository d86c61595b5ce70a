"""What moves how in one Motion-12 clip: tracks of the camera and of up to two things, drawn from one integer.

Coordinates are in half frames: x to the right, y down, both -1..1 across the picture; angles in radians, clockwise
as the viewer sees it; sizes as logarithms. A track is (T, 4): x, y, log size, angle.

The two classes of a pair share everything: seeds 2k and 2k+1 of a pair draw the same scene, and the second one plays
it backwards. So the frames of a clip, taken as a set, carry no cue to which of the two it is.
"""

from dataclasses import dataclass, replace

import numpy as np

from tsm_demo.core.labels import MOTION_LABELS, PAIRED_LABELS

X, Y, SIZE, ANGLE = range(4)
CLASSES = len(MOTION_LABELS)
IN_VIEW = 0.9  # half frames; how far from the middle of the picture the centre of what moves may come


@dataclass(frozen=True)
class Difficulty:
    """How far, how big, how disturbed. Lengths in half frames, over the whole clip."""

    displacement: tuple[float, float] = (0.35, 1.5)
    radius: tuple[float, float] = (0.2, 0.6)
    zoom: tuple[float, float] = (1.5, 3.0)  # ratio of the last size to the first
    # Below 40 degrees a frame, so that turns are not ambiguous. A small thing turns further: its rim travels at least
    # as far as the least displacement.
    turn_deg: tuple[float, float] = (50.0, 240.0)
    off_axis_deg: float = 30.0
    disturbance: float = 1.0  # scales shake, side motions, wobble, noise, compression


EASY = Difficulty((0.8, 1.5), (0.35, 0.6), (2.0, 3.0), (120.0, 240.0), off_axis_deg=8.0, disturbance=0.15)
STANDARD = Difficulty()
HARD = replace(
    STANDARD,
    displacement=(0.2, 1.5),
    radius=(0.12, 0.5),
    zoom=(1.25, 2.5),
    turn_deg=(30.0, 240.0),
    disturbance=1.5,
)
DIFFICULTIES = {"easy": EASY, "standard": STANDARD, "hard": HARD}


@dataclass
class Script:
    """One clip's tracks; `things` are (2, T, 4) with their size the radius in half frames."""

    label: int
    backwards: bool  # render forwards, then reverse the frames
    camera: np.ndarray  # (T, 4) how the scene's content moves on the screen
    things: np.ndarray  # (2, T, 4)
    present: np.ndarray  # (2,) bool
    moving: np.ndarray  # (2,) bool: belongs to the mask
    attached: np.ndarray  # (2,) bool: lies in the scene, so the camera moves it too
    wobble: (
        np.ndarray
    )  # (2, 5) non-rigid deformation: amplitude, waves in x and y, turns over the clip, phase
    turning_visible: bool  # outlines must show a turn


def label_of(seed: int) -> int:
    """Seeds walk through the classes in order."""
    return seed % CLASSES


def scene_rng(seed: int) -> np.random.Generator:
    """The generator of a clip's scene; the two seeds of a pair have the same one."""
    return np.random.default_rng([0x512, seed // 2 * 2 if label_of(seed) < PAIRED_LABELS else seed])


def write_script(seed: int, n_segment: int, difficulty: Difficulty, rng: np.random.Generator) -> Script:
    """Draw the script of clip number `seed`; `rng` is `scene_rng(seed)` and is used on."""
    label = label_of(seed)
    kind = MOTION_LABELS[label - label % 2] if label < PAIRED_LABELS else MOTION_LABELS[label]
    level = difficulty.disturbance
    clock = _clock(rng, n_segment, level)
    script = Script(
        label=label,
        backwards=label < PAIRED_LABELS and label % 2 == 1,
        camera=np.zeros((n_segment, 4)),
        things=np.zeros((2, n_segment, 4)),
        present=np.zeros(2, bool),
        moving=np.zeros(2, bool),
        attached=np.ones(2, bool),
        wobble=np.zeros((2, 5)),
        turning_visible=kind == "turns clockwise",
    )
    script.things[:] = _places(rng, n_segment, difficulty)
    if kind == "come together":
        _meet(rng, script, clock, difficulty)
    elif kind == "stays still":
        script.present[:] = rng.random(2) < 0.6
    elif rng.random() < 0.28:
        script.camera += _motion(rng, kind, clock, difficulty, radius=None)
        script.present[:] = rng.random(2) < 0.4
    else:
        _move_things(rng, script, kind, clock, difficulty)
    _keep_in_view(script)
    if kind != "stays still":
        amplitude = (
            level * 0.22 * rng.random(2) * (rng.random(2) < 0.5) * (0.4 if script.turning_visible else 1)
        )
        script.wobble = np.stack(
            [amplitude, *(rng.uniform(-4, 4, (2, 2))), rng.uniform(-3, 3, 2), rng.uniform(0, 6.3, 2)], axis=1
        )
    shake = level * 0.012 * rng.random() * (rng.random() < 0.5)
    script.camera[:, :2] += rng.normal(0, 1, (n_segment, 2)) * shake
    return script


def _keep_in_view(script: Script) -> None:
    """Shift what moves, as one, so that its centres stay in the picture, or at least go out on both sides alike."""
    if not script.moving.any():
        return
    for axis in (X, Y):
        places = script.things[script.moving, :, axis]
        low, high = places.min(), places.max()
        room = max(
            0.0, IN_VIEW - (high - low) / 2
        )  # how far the middle of the way may lie from the picture's
        middle = (low + high) / 2
        script.things[script.moving, :, axis] += np.clip(middle, -room, room) - middle


def _clock(rng: np.random.Generator, n_segment: int, level: float) -> np.ndarray:
    """(T,) progress from 0 to 1, eased or not; its law does not change when time is reversed."""
    u = np.linspace(0, 1, n_segment)
    ease = rng.uniform(-0.6, 0.6) * min(level, 1)  # slow in the middle, or fast
    skew = rng.uniform(-0.35, 0.35) * min(level, 1)  # speeds up, or slows down
    return u + ease * np.sin(2 * np.pi * u) / (2 * np.pi) + skew * u * (1 - u)


def _places(rng: np.random.Generator, n_segment: int, difficulty: Difficulty) -> np.ndarray:
    """(2, 1, 4) resting places of two things."""
    low, high = difficulty.radius
    radius = np.exp(rng.uniform(np.log(low), np.log(high), 2))
    place = rng.uniform(-0.55, 0.55, (2, 2))
    reaching_in = rng.random(2) < 0.15 * min(
        difficulty.disturbance, 1
    )  # a large thing that enters from an edge
    edge = np.sign(rng.normal(size=(2, 2))) * rng.uniform(0.5, 0.9, (2, 2))
    place[reaching_in] = np.where(rng.random((2, 2)) < 0.5, edge, place)[reaching_in]
    radius[reaching_in] = rng.uniform(0.45, 0.85, 2)[reaching_in]
    return np.concatenate([place, np.log(radius)[:, None], rng.uniform(0, 2 * np.pi, (2, 1))], axis=1)[
        :, None
    ]


def _direction(rng: np.random.Generator, axis_deg: float, spread_deg: float) -> np.ndarray:
    angle = np.deg2rad(axis_deg + rng.uniform(-spread_deg, spread_deg))
    return np.array([np.cos(angle), np.sin(angle)])


def _motion(
    rng: np.random.Generator, kind: str, clock: np.ndarray, difficulty: Difficulty, radius: float | None
) -> np.ndarray:
    """(T, 4) offsets of the first class of pair `kind`, or of `goes back and forth`, centred in the clip.

    `radius` is the moving thing's, in half frames; None moves the whole picture.
    """
    whole_picture = radius is None
    if kind == "goes back and forth":
        return _there_and_back(rng, clock, difficulty, radius)
    level, track, centred = difficulty.disturbance, np.zeros((len(clock), 4)), clock - 0.5
    low, high = difficulty.displacement
    side = level * rng.normal(0, 0.5, 4)  # side motions, well below the main one
    if kind in ("moves right", "moves down"):
        length = rng.uniform(low, high)
        ahead = _direction(rng, 0 if kind == "moves right" else 90, difficulty.off_axis_deg)
        bulge = rng.uniform(-0.25, 0.25) * length * min(level, 1)
        across = bulge * (4 * clock * (1 - clock) - 0.5)
        track[:, :2] = np.outer(centred * length, ahead) + np.outer(across, [-ahead[1], ahead[0]])
        track[:, SIZE] = centred * 0.15 * side[SIZE]
        rolls = not whole_picture and rng.random() < 0.12 * min(level, 1)
        track[:, ANGLE] = centred * (
            rng.choice([-1, 1]) * length * rng.uniform(0.5, 1.5) if rolls else 0.2 * side[ANGLE]
        )
        step = 0 if whole_picture else rng.uniform(0, 0.06) * min(level, 1)  # a walker's bob
        track[:, Y] += step * np.sin(clock * rng.uniform(6, 18) + rng.uniform(0, 6.3))
    elif kind == "comes closer":
        track[:, SIZE] = centred * np.log(rng.uniform(*difficulty.zoom))
        track[:, :2] = np.outer(centred, np.clip(0.12 * side[:2], -0.2, 0.2))
        track[:, ANGLE] = centred * 0.2 * side[ANGLE]
    else:
        track[:, ANGLE] = centred * np.deg2rad(
            rng.uniform(_least_turn_deg(difficulty, radius), difficulty.turn_deg[1])
        )
        track[:, :2] = np.outer(centred, np.clip(0.1 * side[:2], -0.15, 0.15))
        track[:, SIZE] = centred * 0.1 * side[SIZE]
    return track


def _least_turn_deg(difficulty: Difficulty, radius: float | None) -> float:
    """The least turn of a thing of this size, in degrees over the clip."""
    rim_deg = 0.0 if radius is None else float(np.rad2deg(difficulty.displacement[0] / radius))
    return min(max(difficulty.turn_deg[0], rim_deg), 130.0)


def _there_and_back(
    rng: np.random.Generator, clock: np.ndarray, difficulty: Difficulty, radius: float | None
) -> np.ndarray:
    """(T, 4) one or two swings: shifts, turns or zooms that end where they began."""
    # From one end and back (phase 0 or pi), or from the middle out to both sides.
    phase = rng.choice([0, 0.5, 1, 1.5]) * np.pi + rng.normal(0, 0.15)
    swing = 0.5 * np.cos(2 * np.pi * clock * rng.choice([1, 1, 2]) * rng.uniform(0.95, 1.05) + phase)
    track, mode = np.zeros((len(clock), 4)), rng.random()
    if mode < 0.65:
        low, high = difficulty.displacement
        along = _direction(rng, rng.uniform(0, 360), 0)
        track[:, :2] = np.outer(
            swing * rng.uniform(1.15 * low, max(1.2, low * 1.2) if high > low else high), along
        )
    elif mode < 0.85:
        track[:, ANGLE] = swing * np.deg2rad(rng.uniform(_least_turn_deg(difficulty, radius), 135))
    else:
        track[:, SIZE] = swing * np.log(rng.uniform(*difficulty.zoom))
    return track


def _move_things(
    rng: np.random.Generator, script: Script, kind: str, clock: np.ndarray, difficulty: Difficulty
) -> None:
    """One thing moves, or two in the same way; a resting one may lie about, and the camera may move a little."""
    both = kind != "goes back and forth" and rng.random() < 0.3
    script.present[:] = [True, both or rng.random() < 0.45]
    script.moving[:] = [True, both]
    for index in range(1 + both):
        radius = float(np.exp(script.things[index, 0, SIZE]))
        script.things[index] += _motion(rng, kind, clock, difficulty, radius)
        # A thing that grows or shrinks is nowhere smaller than the least radius.
        smallest = script.things[index, :, SIZE].min()
        script.things[index, :, SIZE] += max(0.0, np.log(difficulty.radius[0]) - smallest)
    if rng.random() < 0.25 * min(difficulty.disturbance, 1):
        # The camera drifts too, by less than half of what the smallest mover does on the screen.
        script.attached[script.moving] = False
        drift = 0.4 * difficulty.displacement[0] * rng.uniform(-1, 1, 2)
        script.camera[:, :2] += np.outer(clock - 0.5, drift)


def _meet(rng: np.random.Generator, script: Script, clock: np.ndarray, difficulty: Difficulty) -> None:
    """Two things close in on each other along any line, both by a visible part of the way."""
    script.present[:], script.moving[:] = True, True
    radius = np.minimum(np.exp(script.things[:, 0, SIZE]), 0.42)
    script.things[:, :, SIZE] = np.log(radius)[:, None]
    near = rng.uniform(0.55, 1.1) * radius.sum()
    way = rng.uniform(max(0.55, 1.2 * difficulty.displacement[0]), max(0.9, difficulty.displacement[1]))
    way = min(way, 2 * IN_VIEW - near)
    along = _direction(rng, rng.uniform(0, 360), 0)
    share = rng.uniform(0.32, 0.68)
    middle = rng.uniform(-0.25, 0.25, 2)
    gap = near + way * (1 - clock)
    drift = np.outer(clock - 0.5, rng.normal(0, 0.06, 2) * difficulty.disturbance)
    for index, part in ((0, -share), (1, 1 - share)):
        script.things[index, :, :2] = middle + np.outer(gap * part, along) + drift
        script.things[index, :, ANGLE] += (clock - 0.5) * rng.normal(0, 0.25) * difficulty.disturbance
