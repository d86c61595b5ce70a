"""All that pages show of networks without loading them: run it after a change of networks, weights or sample clips."""

import sys

from scripts import precompute_costs, precompute_lab, precompute_orders, precompute_reach, precompute_start


def main() -> int:
    """Compute and write it again: what Start, The shift and Time lab show, and what the networks cost."""
    precompute_start.precompute()
    precompute_reach.precompute()
    precompute_costs.precompute()
    precompute_orders.precompute()
    precompute_lab.precompute()
    return 0


if __name__ == "__main__":
    sys.exit(main())
