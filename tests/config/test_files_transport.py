"""The stress that kombu's own filesystem transport fails: readers that list the folder while messages are written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kombu import Connection

from labeling.config import files_transport

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = 400
READER = """
import sys, time
from kombu import Connection
from labeling.config import files_transport
files_transport.register()
queue, control = sys.argv[1] + "/queue", sys.argv[1] + "/control"
options = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": control}
with Connection("files://localhost/", transport_options=options) as connection:
    queue = connection.SimpleQueue("q")
    print("ready", flush=True)
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < 1.0:
        try:
            message = queue.get(block=False)
        except queue.Empty:
            continue
        print(message.payload, flush=True)
        message.ack()
        quiet_since = time.monotonic()
"""


def options(folder: Path) -> dict[str, str]:
    queue = str(folder / "queue")
    return {"data_folder_in": queue, "data_folder_out": queue, "control_folder": str(folder / "control")}


def test_two_readers_get_every_message_once_while_it_is_being_written(tmp_path: Path) -> None:
    for name in ("queue", "control", "tmp"):
        (tmp_path / name).mkdir()
    files_transport.register()
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={"TMPDIR": str(tmp_path / "tmp"), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        )
        for _ in range(2)
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    with Connection("files://localhost/", transport_options=options(tmp_path)) as connection:
        queue = connection.SimpleQueue("q")
        for number in range(MESSAGES):
            queue.put(number)
        queue.close()
    got = [int(line) for reader in readers for line in reader.communicate(timeout=60)[0].split()]
    assert [reader.returncode for reader in readers] == [0, 0]
    assert sorted(got) == list(range(MESSAGES))
    assert list((tmp_path / "queue").iterdir()) == []


def test_an_unfinished_message_is_not_shown(tmp_path: Path) -> None:
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    files_transport.register()
    (tmp_path / "queue" / ".1_x.q.msg.part").write_text("{")
    with Connection("files://localhost/", transport_options=options(tmp_path)) as connection:
        channel = connection.default_channel
        assert channel._size("q") == 0
        assert channel._purge("q") == 0
