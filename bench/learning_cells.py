"""The cells of `bench/learning.py`: which jobs are replayed, by whom, and the file that remembers those done."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import learning_peers
from learning_people import People
from learning_pools import Pool, load
from learning_replay import Outcome, Replay

from labeling.learners.threads import one_thread
from labeling.quality.audit import Promise

ROOT = Path(__file__).parents[1]
ALLOWED = (0.1, 0.05, 0.01)  # promises of 90, 95 and 99 %
OURS, PEERS = "ours", ("gt", "gt_vdrop", "cp")
FACTORS = (0.5, 2.0)  # of the glance's price
SLOW = {"banking77": 0.2}  # sets of many classes take ten times as long: this share of the further seeds
SLIPS = 0.05
MODEL = ("classifier", "images", "query", "sources", "terms", "text", "uncertainty")
LOOP = ("correctness", "decisions", "groups", "rounds", "ways")
QUALITY = ("audit", "error_bound", "guess", "people_error", "planning", "risk")
SHARED = (*(f"labeling/learners/{name}.py" for name in MODEL), "bench/learning_pools.py")
PEERS_CODE = (*SHARED, "labeling/quality/error_bound.py", "bench/learning_peers.py")
OUR_CODE = (
    *SHARED,
    *(f"labeling/learners/{name}.py" for name in LOOP),
    *(f"labeling/quality/{name}.py" for name in QUALITY),
    "bench/learning_replay.py",
    "bench/learning_people.py",
)

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """One job: a set, the allowed share of wrong machine labels, who decides, the glance's price as a multiple of the
    fixed one, how often people are wrong, and a seed."""

    set: str
    allowed: float
    rule: str
    factor: float
    slips: float
    seed: int


@dataclass(frozen=True)
class Wanted:
    """Seeds 1..n of each part of the table."""

    sets: tuple[str, ...]
    seeds: int
    price_seeds: int
    slip_seeds: int

    def cells(self, name: str, seed: int) -> Iterator[Cell]:
        price_seeds, slip_seeds = (round(SLOW.get(name, 1) * most) for most in (self.price_seeds, self.slip_seeds))
        for allowed in ALLOWED:
            if seed <= self.seeds:
                yield from (Cell(name, allowed, rule, 1.0, 0.0, seed) for rule in (OURS, *PEERS))
            if seed <= price_seeds:
                yield from (Cell(name, allowed, OURS, factor, 0.0, seed) for factor in FACTORS)
            if seed <= slip_seeds:
                yield Cell(name, allowed, OURS, 1.0, SLIPS, seed)


class Results:
    """A file of JSON lines, one a cell. What other code has made is not read: rows carry a digest of theirs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.digests = {OURS: _digest(OUR_CODE)} | dict.fromkeys(PEERS, _digest(PEERS_CODE))

    def rows(self) -> dict[Cell, Row]:
        found: dict[Cell, Row] = {}
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:  # torn by a kill: the cell is replayed again
                continue
            if row["code"] == self.digests[row["cell"]["rule"]]:
                found[Cell(**row["cell"])] = row["outcome"]
        return found

    def add(self, cell: Cell, outcome: Outcome) -> None:
        row = {"cell": asdict(cell), "code": self.digests[cell.rule], "outcome": asdict(outcome)}
        with self.path.open("a") as file:
            file.write(json.dumps(row) + "\n")


def _digest(places: tuple[str, ...]) -> str:
    found = hashlib.sha256()
    for place in places:
        found.update((ROOT / place).read_bytes())
    return found.hexdigest()[:16]


def replay_all(data: Path, wanted: Wanted, results: Results, *, processes: int) -> None:
    """Every cell that the file lacks, seed by seed; one process replays all cells of a set and seed."""
    done = results.rows().keys()
    most = max(wanted.seeds, wanted.price_seeds, wanted.slip_seeds)
    groups = [
        (data, name, missing, results.path)
        for seed in range(1, most + 1)
        for name in wanted.sets
        if (missing := [cell for cell in wanted.cells(name, seed) if cell not in done])
    ]
    with multiprocessing.get_context("spawn").Pool(processes, initializer=_one_thread) as workers:
        for told in workers.imap_unordered(_replay_group, groups):
            print(told, flush=True)


def _one_thread() -> None:
    one_thread().__enter__()


_POOLS: dict[str, Pool] = {}


def _replay_group(given: tuple[Path, str, list[Cell], Path]) -> str:
    data, name, cells, path = given
    if name not in _POOLS:
        _POOLS[name] = load(name, data)
    results, rounds, trained, spent = Results(path), {}, {}, 0.0
    for cell in cells:
        pool = _POOLS[name]
        outcome = _ours(pool, cell, rounds) if cell.rule == OURS else _peer(pool, cell, trained)
        results.add(cell, outcome)
        spent += outcome.cpu
    return f"{name}, seed {cells[0].seed}: {len(cells)} jobs, {spent:.1f} CPU s"


def _ours(pool: Pool, cell: Cell, rounds: dict[str, Any]) -> Outcome:
    people = People(pool.truth, pool.classes, pool.prices(cell.factor), seed=cell.seed, error=cell.slips)
    return Replay(pool, Promise(cell.allowed), people, seed=cell.seed, rounds=rounds).run()


def _peer(pool: Pool, cell: Cell, trained: learning_peers.Trained) -> Outcome:
    return learning_peers.outcome(pool, cell.rule, cell.allowed, seed=cell.seed, trained=trained)
