"""The command line, `python -m tsm_demo COMMAND`: what each command does is in the folder `commands`."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from tsm_demo.commands import (
    calibrate,
    cost,
    evaluate,
    export,
    fetch,
    fold_study,
    models,
    predict,
    sheet,
    train,
)
from tsm_demo.core.errors import TsmDemoError

COMMANDS = (predict, cost, models, fetch, export, train, evaluate, calibrate, fold_study, sheet)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 (and one line on standard error) for what the user can mend."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except TsmDemoError as error:
        print(f"tsm_demo: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        print(f"tsm_demo: {error.strerror or error}{place}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "tsm_demo: interrupted; `train` and `fetch` go on where they were when called again.",
            file=sys.stderr,
        )
        return 130
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments on one line, as everything else does."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"tsm_demo: {message} (`{self.prog} --help` lists what there is)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("python -m tsm_demo", description="The Temporal Shift Module, explained.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
