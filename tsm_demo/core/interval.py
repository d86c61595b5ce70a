"""How far a share that was seen in some trials may be from the true one."""

from math import sqrt

Z = 1.96  # of the standard normal: 95 % lie within


def interval(share: float, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share seen in `count` independent trials.

    Source: Newcombe, Statistics in Medicine 17 (1998), method 3.
    """
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count)) / (1 + Z * Z / count)
    return middle - half, middle + half
