"""Does the promise hold, how much does the machine label, and how many seconds of people's time does a job take?

Whole jobs are replayed through the decisions that the flow calls, with answers from the truth, on agnews, banking77 and
mnist of FOLDER and on scikit-learn's digits, for promises of 90, 95 and 99 %; beside them three other rules on the same
features, model and seeds (learning_peers.py). The cost model is fixed (learning_pools.py, learning_people.py). Each
finished job is a line of the results file; started again, only what is missing is replayed.

python bench/learning.py --data FOLDER [--seeds 20] [--sets ...] [--quick] [--results FILE] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import learning_database
from learning_cells import ALLOWED, Results, Wanted, replay_all
from learning_plots import draw
from learning_pools import SETS
from learning_table import Bar, bar, bars_of, markdown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with agnews/, banking77/ and mnist/")
    parser.add_argument("--seeds", type=int, default=20, help="of the table")
    parser.add_argument("--price-seeds", type=int, default=5, help="at half and at double the glance's price")
    parser.add_argument("--slip-seeds", type=int, default=10, help="with people who are wrong 5 %% of the time")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--processes", type=int, default=2, help="each uses one thread")
    parser.add_argument(
        "--quick", action="store_true", help="2 seeds, without banking77, always-right people, one price"
    )
    parser.add_argument("--results", type=Path, help="JSON lines, one a job; what it has is not replayed again")
    parser.add_argument("--report", action="store_true", help="only print what the results file has")
    parser.add_argument("--through-database", action="store_true", help="one seed of each set and promise, both ways")
    parser.add_argument("--objects", type=int, default=1500, help="of each set through the database: its first ones")
    parser.add_argument("--plots", type=Path, help="folder for learning-*.svg")
    parser.add_argument("--json", type=Path, help="write settings and bars")
    given = parser.parse_args()
    if given.through_database:
        return _through_database(given)
    with TemporaryDirectory() as folder:
        return _run(given, given.results or Path(folder) / "results.jsonl")


def _run(given: argparse.Namespace, path: Path) -> int:
    sets = tuple(given.sets)
    wanted = Wanted(sets, given.seeds, given.price_seeds, given.slip_seeds)
    if given.quick:
        sets = tuple(name for name in sets if name != "banking77")
        wanted = Wanted(sets, 2, 0, 0)
    settings = {**vars(wanted), "risk": 0.05, "processes": given.processes}
    print("Settings:", json.dumps(settings), flush=True)
    results, begun = Results(path), time.monotonic()
    if not given.report:
        replay_all(given.data, wanted, results, processes=given.processes)
    rows = results.rows()
    print(f"\n{time.monotonic() - begun:.0f} s\n")
    print(markdown(rows))
    if given.plots:
        draw(rows, given.plots)
    return _judged(settings, bars_of(rows), given.json)


def _through_database(given: argparse.Namespace) -> int:
    from labeling.learners.threads import one_thread

    learning_database.prepare()
    bars = []
    print(f"The first {given.objects:,} objects of each set, seed 1\n")
    with one_thread():
        for name in given.sets:
            for allowed in ALLOWED:
                known, found = learning_database.differences(
                    name, given.data, objects=given.objects, allowed=allowed, seed=1
                )
                told = f"{name} {1 - allowed:.0%}"
                print(f"{told}: {learning_database.summary(known)}", *found, sep="\n  ", flush=True)
                bars.append(bar(f"{told}: decisions that differ", len(found), "decisions", 0, below=True))
    return _judged({"objects": given.objects, "seed": 1}, bars, given.json)


def _judged(settings: dict[str, Any], bars: list[Bar], file: Path | None) -> int:
    print("\n| bar | value | target | holds |\n|---|---|---|---|")
    for b in bars:
        print(f"| {b['name']} | {b['value']:.4g} | {b['target']} | {'yes' if b['holds'] else 'NO'} |")
    if file:
        file.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1))
    return 0 if all(b["holds"] for b in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
