"""The main job, from input manifest to augmented manifest, by the commands and a running server.

    python bench/main_job.py --data FOLDER [--quick] [--only agnews] [--seeds 5] [--json FILE]

FOLDER holds agnews/, mnist/ and raccoon/ (input.manifest, truth.manifest, categories.json). For each set and seed:
create_job, simulate_workers over HTTP, export_job, validate_manifest --strict --input; then the machine's labels are
compared with the truth. Exits 1 when a bar doesn't hold.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


@dataclass(frozen=True)
class Trial:
    """One data set with its promise, and the machine share that is wanted at least."""

    folder: str
    task_type: str
    target_error: float | None
    share: float
    workers: int = 1
    error_rate: float = 0.0


TRIALS = (
    Trial("agnews", "text-classification", 0.10, 0.40),
    Trial("mnist", "image-classification", 0.05, 0.50),
    Trial("raccoon", "bounding-box", None, 0.0, workers=3, error_rate=0.1),
)


def main() -> int:
    arguments = _arguments()
    print(f"Settings: {arguments.seeds} seeds, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, SQLite, HTTP")
    head = f"{'set':<9}{'seed':>5}{'share':>9}{'error':>9}{'answers':>9}{'by people':>11}{'seconds':>9}{'errors':>8}"
    print(head)
    bars: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as home, running(Path(home)) as manage:
        for trial in TRIALS:
            if arguments.only and trial.folder not in arguments.only:
                continue
            for seed in range(1, 1 + (arguments.seeds if trial.target_error else 1)):
                bars += _run(manage, trial, seed, arguments.data / trial.folder, Path(home))
    failed = [bar for bar in bars if not bar["holds"]]
    for bar in failed:
        print(f"does not hold: {bar['name']}: {bar['value']} (target {bar['target']})")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{used.ru_utime + used.ru_stime:.0f} CPU s")
    if arguments.json:
        arguments.json.write_text(json.dumps({"settings": {"seeds": arguments.seeds}, "bars": bars}, indent=1) + "\n")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--quick", action="store_true", help="the boxes only")
    parser.add_argument("--only", action="append", metavar="SET", help="one of the sets; may be repeated")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.only = ["raccoon"]
    return arguments


class Manage:
    """manage.py on one home."""

    def __init__(self, home: Path) -> None:
        self.environment = {**os.environ, "TOUCHSTONE_HOME": str(home)}

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __call__(self, *words: str) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout


@contextmanager
def running(home: Path) -> Iterator[Manage]:
    """`up --no-demo` on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    manage = Manage(home)
    server = manage.start("up", "--no-demo", "--port", str(port))
    try:
        _wait(home, port)
        yield manage
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _wait(home: Path, port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                if (home / "address").exists():
                    return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("the server did not start")


def _run(manage: Manage, trial: Trial, seed: int, folder: Path, home: Path) -> list[dict[str, object]]:
    name = f"{trial.folder}-{seed}"
    started = time.monotonic()
    promise = ["--target-error", str(trial.target_error)] if trial.target_error else []
    manage(
        "create_job", name, "--task-type", trial.task_type, "--input", str(folder / "input.manifest"),
        "--categories", str(folder / "categories.json"), "--workers", str(trial.workers), "--seed", str(seed),
        *promise, "--start",
    )  # fmt: skip
    manage(
        "simulate_workers", name, "--truth", str(folder / "truth.manifest"), "--workers", str(trial.workers),
        "--error-rate", str(trial.error_rate), "--seed", str(seed), "--max-seconds", "3600",
    )  # fmt: skip
    status: dict[str, Any] = json.loads(manage("job_status", name, "--json"))
    output = home / "out"
    manage("export_job", name, "--output", str(output))
    manifest = output / name / "manifests" / "output" / "output.manifest"
    manage("validate_manifest", str(manifest), "--strict", "--input", str(folder / "input.manifest"))
    findings = manage(
        "validate_manifest", str(manifest), "--strict", "--input", str(folder / "input.manifest"), "--json"
    ).splitlines()
    other = [line for line in findings if json.loads(line)["rule"] != "W-SRC-SCHEME"]
    share, error = _against_truth(manifest, folder / "truth.manifest", name)
    spent = time.monotonic() - started
    print(
        f"{trial.folder:<9}{seed:>5}{share:>9.1%}{error:>9.2%}{status['Answers']:>9}{status['HumanLabeled']:>11}"
        f"{spent:>9.0f}{len(other):>8}",
        flush=True,
    )
    bars: list[dict[str, object]] = [
        _bar(f"{name}: findings but W-SRC-SCHEME", len(other), 0, holds=not other),
        _bar(f"{name}: unlabeled lines", status["Unlabeled"], 0, holds=status["Unlabeled"] == 0),
    ]
    if trial.target_error:
        bars.append(_bar(f"{name}: machine share", share, trial.share, holds=share >= trial.share))
        bars.append(_bar(f"{name}: true machine error", error, trial.target_error, holds=error <= trial.target_error))
    return bars


def _bar(name: str, value: float, target: float, *, holds: bool) -> dict[str, object]:
    return {"name": name, "value": round(value, 4), "unit": "", "target": target, "holds": holds}


def _against_truth(manifest: Path, truth: Path, name: str) -> tuple[float, float]:
    """Machine share of the lines, and the share of machine labels that differ from the truth."""
    total = machine = wrong = 0
    with manifest.open() as made, truth.open() as known:
        for line, true in zip(made, known, strict=True):
            label, right = json.loads(line), json.loads(true)
            total += 1
            if label.get(f"{name}-metadata", {}).get("human-annotated") == "no":
                machine += 1
                wrong += label[name] != right["truth"]
    return machine / total, wrong / machine if machine else 0.0


if __name__ == "__main__":
    sys.exit(main())
