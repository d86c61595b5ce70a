"""All that pages show of the embedded networks without loading them: run it after a change of weights or sample clips."""

import sys

from scripts import precompute_reach, precompute_start


def main() -> int:
    """Compute and write it again: what Start shows, and what The shift shows."""
    precompute_start.precompute()
    precompute_reach.precompute()
    return 0


if __name__ == "__main__":
    sys.exit(main())
