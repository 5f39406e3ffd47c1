"""How well several people's answers become one label: classes of real crowds; shapes, masks, spans of simulated ones.

    python bench/consolidation.py --data FOLDER [--quick] [--json FILE]

FOLDER holds `crowd/` (answers and truth of bluebirds, dogs, rte), `raccoon/` (boxes) and `agnews/` (texts).
Exits 1 when a bar doesn't hold.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.consolidation_boxes import measure_boxes
from bench.consolidation_classes import measure_classes, measure_scale
from bench.consolidation_scenes import measure_scenes
from bench.consolidation_spans import measure_spans

Bar = dict[str, object]
SCENE_SEEDS = 400  # the first; choices were made on others


def main() -> int:
    arguments = _arguments()
    draws, seeds, jobs = (2, 2, 2) if arguments.quick else (5, 5, 12)
    started = time.process_time()
    settings = {
        "draws of three answers": draws,
        "seeds of simulated workers": seeds,
        "seeds of scenes and texts": jobs,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
    print("Settings:", ", ".join(f"{name} {value}" for name, value in settings.items()))
    bars = [
        *measure_classes(arguments.data / "crowd", draws),
        *measure_scale(),
        *measure_boxes(arguments.data / "raccoon", seeds),
        *measure_scenes(range(SCENE_SEEDS, SCENE_SEEDS + jobs)),
        *measure_spans(arguments.data / "agnews", range(SCENE_SEEDS, SCENE_SEEDS + jobs)),
    ]
    settings["CPU s"] = round(time.process_time() - started, 1)
    _print_bars(bars)
    if arguments.json:
        arguments.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1) + "\n", encoding="utf-8")
    return 0 if all(bar["holds"] for bar in bars) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="holds crowd/, raccoon/ and agnews/")
    parser.add_argument("--quick", action="store_true", help="two draws and seeds instead of five and twelve")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write settings and bars here")
    return parser.parse_args()


def _print_bars(bars: list[Bar]) -> None:
    print(f"\n{'bar':<62} {'value':>9} {'target':>12}")
    for bar in bars:
        mark = "" if bar["holds"] else "  does not hold"
        print(f"{bar['name']:<62} {bar['value']:>7} {bar['unit']:<2} {bar['target']:>11}{mark}")


if __name__ == "__main__":
    sys.exit(main())
