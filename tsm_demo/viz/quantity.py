"""Large numbers as people read them: 32.7 G, 24.3 M, 98.0 MiB."""

SI = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
BINARY = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


def amount(number: float) -> str:
    """32704339968 to "32.7 G": three digits and a prefix of a thousand."""
    for unit, letter in SI:
        if number >= 0.9995 * unit:
            return f"{three_digits(number / unit)} {letter}"
    return three_digits(number)


def nbytes(number: float) -> str:
    """102760448 to "98.0 MiB": three digits and a prefix of 1,024."""
    for unit, letters in BINARY:
        if number >= 0.9995 * unit:
            return f"{three_digits(number / unit)} {letters}"
    return f"{number:,.0f} B"


def duration(sec: float) -> str:
    """0.2194 to "219 ms", 1.73 to "1.73 s"."""
    return f"{three_digits(sec)} s" if sec >= 0.9995 else f"{three_digits(1000 * sec)} ms"


def times(ratio: float) -> str:
    """2.9612 to "× 2.96", 1 to "× 1"; a ratio that is not 1 is never written as if it were."""
    if ratio == 1:
        return "× 1"
    shown = three_digits(ratio)
    return f"× {shown}" if float(shown) != 1 else f"× {ratio:.4f}"


def three_digits(number: float) -> str:
    """1234.5 to "1,234", 98.04 to "98.0", 3.0 to "3.00", 7 to "7": three digits, or all of a whole number."""
    if number == int(number) and number < 1000:
        return str(int(number))
    if number >= 99.95:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 9.995 else f"{number:.2f}"
