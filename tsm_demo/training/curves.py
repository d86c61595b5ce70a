"""Training curves as a small SVG: loss, training accuracy and held-out accuracy against clips seen."""

import csv
from pathlib import Path

WIDTH, HEIGHT, MARGIN = 720, 300, 44
SERIES = (("train_accuracy", "#0072B2", "training"), ("held_out_accuracy", "#E69F00", "held out"))


def draw_curves(log: Path, out: Path) -> None:
    """Read log.csv and write the picture; accuracies from 0 to 1, the loss scaled to its largest value."""
    with log.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    most_clips = max(float(row["clips_seen"]) for row in rows)
    top_loss = max(float(row["loss"]) for row in rows)
    lines = [_line([(r, float(r["loss"]) / top_loss) for r in rows], most_clips, "#999999")]
    legend = [("#999999", f"loss (top = {top_loss:.2f})")]
    for column, colour, name in SERIES:
        lines.append(_line([(r, float(r[column])) for r in rows if r[column]], most_clips, colour))
        legend.append((colour, f"accuracy, {name}"))
    texts = [
        f'<text x="{MARGIN + 8 + 200 * i}" y="18" fill="{colour}">{name}</text>'
        for i, (colour, name) in enumerate(legend)
    ]
    texts += [f'<text x="6" y="{_y(v) + 4:.0f}">{v:.1f}</text>' for v in (0, 0.5, 1)]
    texts += [f'<text x="{WIDTH - 190}" y="{HEIGHT - 8}">{int(most_clips):,} clips seen</text>']
    frame = f'<rect x="{MARGIN}" y="{MARGIN - 18}" width="{WIDTH - 2 * MARGIN}" height="{HEIGHT - 2 * MARGIN + 18}"/>'
    out.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">'
        f'<rect width="100%" height="100%" fill="white"/><g fill="none" stroke="#ccc">{frame}</g>'
        + "".join(lines + texts)
        + "</svg>\n"
    )


def _line(points: list[tuple[dict[str, str], float]], most_clips: float, colour: str) -> str:
    path = " ".join(
        f"{MARGIN + float(row['clips_seen']) / most_clips * (WIDTH - 2 * MARGIN):.1f},{_y(value):.1f}"
        for row, value in points
    )
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>'


def _y(value: float) -> float:
    return HEIGHT - MARGIN - value * (HEIGHT - 2 * MARGIN)
