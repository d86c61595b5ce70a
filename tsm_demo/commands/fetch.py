"""`fetch`: get a published network, checked, into the cache; or list them."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tsm_demo.commands.arguments import Commands
from tsm_demo.core.errors import TsmDemoError

if TYPE_CHECKING:
    from tsm_demo.serving.acquire import Stage


def add(commands: Commands) -> None:
    parser = commands.add_parser("fetch", help="get a published network")
    parser.add_argument("name", nargs="?", metavar="NAME", help="see --list")
    parser.add_argument("--list", action="store_true", help="list what can be fetched, and what is here")
    parser.add_argument("--json", action="store_true", help="the list as JSON")
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        help="the folder to keep it in; default: $TSM_DEMO_CACHE, or the usual one",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    from tsm_demo.models.cache import cache_folder, cached_path, is_cached

    folder = options.cache or cache_folder()
    if options.list:
        _show_list(folder, options.json)
        return
    if options.name is None:
        raise TsmDemoError("Say which network to fetch, or `fetch --list` to see them.")
    from tsm_demo.serving.fetch import FetchRequest, fetch_apart

    request = FetchRequest.of(options.name, folder)
    if not is_cached(options.name, folder):
        line = _Line()
        try:
            fetch_apart(request, line.show)
        finally:
            line.end()
    print(cached_path(options.name, folder))


def _show_list(folder: Path, as_json: bool) -> None:
    from tsm_demo.models.cache import list_cached
    from tsm_demo.models.zoo import list_zoo, zoo_entry

    here = list_cached(folder)
    rows: list[dict[str, Any]] = [
        {
            "name": entry.name,
            "here": entry.name in here,
            "megabytes": here.get(entry.name, entry.nbytes) / 1e6,
            "top1": entry.accuracy[0].top1,
            "protocol": entry.accuracy[0].protocol,
            "dataset": entry.dataset,
            "title": entry.title,
            "url": entry.url,
        }
        for entry in map(zoo_entry, list_zoo())
    ]
    if as_json:
        print(json.dumps({"cache": str(folder), "networks": rows}, indent=1))
        return
    print(f"The cache is {folder}")
    for row in rows:
        mark = "here" if row["here"] else ""
        print("{0:5}{name:28} {megabytes:4.0f} MB {top1:6.2f} %  {title}".format(mark, **row))


class _Line:
    """One line on standard error that is written again and again; where that is no terminal, now and then a new one."""

    def __init__(self) -> None:
        self._again = sys.stderr.isatty()
        self._said = ""

    def show(self, stage: "Stage") -> None:
        said = _told(stage) if self._again else stage.step
        if said == self._said:
            return
        before = "\r\033[K" if self._again else ""
        print(f"{before}{_told(stage)}", end="" if self._again else "\n", file=sys.stderr, flush=True)
        self._said = said

    def end(self) -> None:
        if self._again and self._said:
            print(file=sys.stderr)


def _told(stage: "Stage") -> str:
    match stage.step:
        case "queue":
            return "Another process is fetching it: waiting ..."
        case "retry":
            return f"{stage.done_bytes / 1e6:.1f} MB; the connection broke off: trying again ..."
        case "read":
            return "Checked; reading it ..."
    whole = f" of {stage.whole_bytes / 1e6:.1f}" if stage.whole_bytes else ""
    left = f", {stage.left_sec:.0f} s left" if stage.left_sec is not None else ""
    return f"{stage.done_bytes / 1e6:.1f}{whole} MB, {stage.bytes_per_sec / 1e6:.1f} MB/s{left}"
