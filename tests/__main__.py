"""`python -m tests`: every test there is, each suite on what it needs; the summary says what ran and what did not.

REQUIRE_ALL=1 fails when the browser, PostgreSQL or Redis tests did not run; `make test` leaves them out loudly.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tests import servers
from tests.browsing import chromium_path
from tests.databases import ON_BOTH

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Result:
    suite: str
    where: str
    code: int
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def ran(self) -> bool:
        return self.passed + self.failed > 0


def main() -> int:
    started = time.monotonic()
    browser = chromium_path() or installed_chromium()
    with ExitStack() as stack:
        postgres = stack.enter_context(servers.postgres())
        redis = stack.enter_context(servers.redis_server())
        results = [node()]
        with_redis = {"TEST_REDIS_URL": redis.url}
        here = "not browser and not one_database" if postgres.url else "not browser"
        results.append(pytest("everything, SQLite", f"Redis: {redis.how}", ["-m", here], with_redis))
        if postgres.url:
            paths = [path for path in ON_BOTH if (ROOT / path).is_dir()]
            again = {**with_redis, "DATABASE_URL": postgres.url}
            results.append(pytest("flow, jobs, API, PostgreSQL", postgres.how, ["-m", "not browser", *paths], again))
        if browser:
            results.append(pytest("browser", browser, ["-m", "browser"], {"CHROMIUM": browser}))
    missing = [
        *([] if browser else ["the browser tests: no Chromium on PATH, and it could not be installed"]),
        *([] if postgres.url else [f"the PostgreSQL tests: {postgres.how}"]),
        *([] if redis.url else [f"the Redis tests: {redis.how}"]),
        *(f"{result.suite}: no test in it" for result in results if not result.ran),
    ]
    return summary(results, missing, time.monotonic() - started)


def node() -> Result:
    started = time.monotonic()
    code = subprocess.run(["npm", "test", "--silent"], cwd=ROOT / "frontend", check=False).returncode
    # The count stands above, in node's own words.
    return Result("editor (node)", "", code, time.monotonic() - started, passed=int(code == 0), failed=int(code != 0))


def pytest(suite: str, where: str, arguments: list[str], environment: dict[str, str]) -> Result:
    say(f"\n--- {suite} ({where})\n")
    started = time.monotonic()
    plain = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "2",
            "--dist",
            "loadgroup",
            f"--junitxml={report}",
            *arguments,
        ]
        code = subprocess.run(command, cwd=ROOT, env={**plain, **environment}, check=False).returncode
        result = Result(suite, where, code, time.monotonic() - started)
        if report.exists():
            count(result, report)
    return result


def count(result: Result, report: Path) -> None:
    for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314  (pytest has just written it)
        total, *others = (int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped"))
        result.failed += others[0] + others[1]
        result.skipped += others[2]
        result.passed += total - sum(others)


def installed_chromium() -> str | None:
    """Debian's, where we may install it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    say("Chromium is missing: installing Debian's for the browser tests ...\n")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
    return chromium_path()


def summary(results: list[Result], missing: list[str], seconds: float) -> int:
    say("\n")
    for result in results:
        verdict = "passed" if result.code == 0 else "FAILED" if result.ran else "ran nothing"
        say(f"{verdict:>11}  {result.suite:<28} {result.seconds:6.0f} s  {result.where}\n")
    for what in missing:
        say(f"   LEFT OUT  {what}\n")
    strict = os.environ.get("REQUIRE_ALL", "") not in {"", "0"}
    broken = any(result.code for result in results) or (strict and bool(missing))
    passed, failed, skipped = (sum(getattr(r, name) for r in results) for name in ("passed", "failed", "skipped"))
    say(f"\n{seconds:.0f} s in all{', and something that had to run was left out' if strict and missing else ''}\n")
    say(f"{passed} passed, {failed} failed, {skipped} skipped\n")
    return int(broken)


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
