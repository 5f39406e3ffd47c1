"""Spans of a very long text against their bars, in the real editor in a real browser on a real server.

    python bench/text.py [--characters 1000000] [--spans 5000] [--json FILE]

One text of a million characters in 2,000 paragraphs (Latin, Chinese, Hebrew, Arabic, emoji), uploaded as a file, and
5,000 overlapping spans in it, put there as a draft through the API. CPU ms are those of the renderer and GPU process,
all threads, drawn in software: what the long text adds to opening a short one; one more span; the view thrown to a
place never seen. Then spans are drawn at random places (in UTF-16 units, as browsers count), submitted, and compared
with what Python slices. Needs Chromium and what the tests need. Exits 1 when a bar does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from django.conf import settings as django_settings
from playwright.sync_api import Browser, Page, sync_playwright

from bench import editor_jobs as jobs
from bench.editor_meter import FLAGS, Meter
from tests.browser.product import Product, label_page
from tests.browsing import chromium_path

SCRIPTS = {
    "Latin": ["the", "ferry", "crosses", "again", "on", "Monday", "says", "the", "harbour", "board", "of", "Brindle"],
    "Chinese": ["渡轮", "星期一", "再次", "开航", "港口", "委员会", "𠮷野家", "东京都"],
    "Hebrew": ["המעבורת", "תחזור", "ביום", "שני", "אל", "הרציף", "הישן", "בחיפה"],
    "Arabic": ["ستعود", "العبارة", "يوم", "الاثنين", "إلى", "الرصيف", "القديم"],
    "emoji": ["👨🏻\u200d🚒", "⛴️", "🇮🇱", "👋🏽", "cafe\u0301", "😀"],
}
PARAGRAPHS = 2_000
CHECKED = 40  # spans drawn at random places
# A text node's place in the page, by its paragraph and UTF-16 units in it; selected as a person's hand would leave it.
SELECT = """([line, from, to]) => {
    const paragraph = document.querySelectorAll('#stage article p')[line], node = paragraph.firstChild;
    paragraph.scrollIntoView({ block: 'center' });
    return new Promise((done) => {
        const heard = () => requestAnimationFrame(() => setTimeout(done));
        document.addEventListener('selectionchange', heard, { once: true });
        getSelection().setBaseAndExtent(node, from, node, to);
    });
}"""
COUNT = "() => Number(document.querySelector('.panel h2').textContent.replace(/\\D/g, ''))"
THROW = "(share) => { const it = document.getElementById('stage'); it.scrollTop = share * it.scrollHeight; }"
# From the key's own time to the end of the frame that shows the long text.
WATCH = """(paragraphs) => {
    window.opened = new Promise((done) => {
        window.addEventListener('keydown', ({ timeStamp }) => {
            const look = () => {
                if (document.querySelectorAll('#stage article p').length < paragraphs) requestAnimationFrame(look);
                else requestAnimationFrame(() => setTimeout(() => done(performance.now() - timeStamp)));
            };
            look();
        }, { once: true, capture: true });
    });
}"""


def long_text(characters: int, rng: random.Random) -> str:
    """Paragraphs of about one length, each in one script, of that many code points."""
    each, lines, scripts = characters // PARAGRAPHS - 1, [], list(SCRIPTS.values())
    for number in range(PARAGRAPHS):
        words = scripts[number % len(scripts)]
        glue = "" if words is SCRIPTS["Chinese"] else " "
        line = ""
        while len(line) < each:
            line += rng.choice(words) + glue
        lines.append(line[:each])
    return "\n".join(lines)


def spans(text: str, count: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Records of the editor, anywhere in the text, about every third over another one."""
    start = 0
    for place in range(count):
        if place % 3:
            start = rng.randrange(len(text) - 60)
        length = rng.randint(3, 40)
        yield {
            "kind": "instance",
            "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "order": place,
            "shape": "span",
            "category": place % len(jobs.CLASSES),
            "geometry": {"start": start, "end": start + length, "text": text[start : start + length]},
            "attributes": {},
            "group": None,
            "origin": None,
        }


def fill(product: Product, lease: dict[str, Any], records: list[dict[str, Any]]) -> None:
    blank: dict[str, Any] = {"kind": "object", "id": "object", "categories": [], "attributes": {}, "rejected": []}
    for revision, start in enumerate(range(0, max(1, len(records)), 2_000)):
        added = {one["id"]: one for one in [blank, *records[start : start + 2_000]]}
        diffs = [{"added": added, "updated": {}, "removed": {}}]
        body = {"token": lease["token"], "base": revision, "diffs": diffs}
        product.api("PATCH", f"/assignments/{lease['assignment']}/draft", body)


def units(text: str) -> int:
    """UTF-16 units, as a browser counts."""
    return len(text.encode("utf-16-le")) // 2


class Bench:
    def __init__(self, browser: Browser, meter: Meter, product: Product, folder: Path) -> None:
        self.browser, self.meter, self.product, self.folder = browser, meter, product, folder

    def job(self, texts: list[str]) -> int:
        files = []
        for number, text in enumerate(texts):
            file = self.folder / f"{number}-{uuid.uuid4().hex[:6]}.txt"
            file.write_bytes(text.encode())
            files.append(file)
        return jobs.make_job(self.product, "named-entities", files)

    def page(self, job: int) -> Page:
        """The label page, opened by the lead."""
        context = self.browser.new_context(base_url=self.product.url, viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": self.product.lead, "url": self.product.url}])
        context.set_default_timeout(120_000)
        page = context.new_page()
        page.goto(label_page(job))
        page.locator("#stage article p").first.wait_for()
        page.wait_for_timeout(3_000)  # what comes next is fetched ahead meanwhile
        return page

    def cost(self, page: Page, do: Any, rest: int = 700) -> float:
        """CPU ms until all is quiet again."""
        with self.meter.lap() as lap:
            do()
            page.wait_for_timeout(rest)
        return lap.ms

    def opening(self, page: Page, paragraphs: int) -> tuple[float, float]:
        """(CPU ms, ms by the page's clock) from Enter on one text to the next one painted."""
        page.evaluate(WATCH, paragraphs)
        found: list[float] = []

        def go() -> None:
            page.keyboard.press("Enter")
            found.append(page.evaluate("() => window.opened"))

        return self.cost(page, go, 1_500), found[0]

    def run(self, text: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        short = ["A short text.", "Another one.\nof\nthree lines."]
        job = self.job(short)
        jobs.hold(self.product, job, 2)
        page = self.page(job)
        floor, _ = self.opening(page, 3)
        page.context.close()
        job = self.job([short[0], text, short[1]])
        leases = jobs.hold(self.product, job, 3)
        fill(self.product, leases[1], records)
        page = self.page(job)
        whole, clock = self.opening(page, PARAGRAPHS)
        print(f"opening: {whole:.0f} CPU ms, of a short text {floor:.0f}; {clock:.0f} ms by the page's clock")
        one = median(self.add(page, n) for n in range(7))
        jump = median(self.cost(page, lambda s=s: page.evaluate(THROW, s)) for s in (0.83, 0.31, 0.55, 0.12, 0.97))
        last = self.row(page, "End")
        wrong = self.round_trip(page, text, len(records))
        page.context.close()
        size = f"{len(text):,} characters, {len(records):,} spans"
        return [
            bar(f"first paint, {size}", whole - floor, "CPU ms", 600),
            bar(f"a span more, {size}", one, "CPU ms", 100),
            bar(f"jump to a place never seen, {size}", jump, "CPU ms", 400),
            bar(f"jump from the list to the last span, {size}", last, "CPU ms", 400),
            bar(f"spans of {CHECKED} whose words are not what Python slices", wrong, "", 0),
        ]

    def add(self, page: Page, number: int) -> float:
        """The key that makes a span of what was passed over."""
        page.evaluate(SELECT, [number % 3, 20 * number, 20 * number + 12])
        page.wait_for_timeout(3_500)  # the span before has gone to the server
        return self.cost(page, lambda: page.keyboard.press("1"))

    def row(self, page: Page, key: str) -> float:
        rows = page.get_by_role("listbox", name="Spans of this text")
        rows.focus()
        page.wait_for_timeout(1_000)
        return self.cost(page, lambda: page.keyboard.press(key))

    def round_trip(self, page: Page, text: str, there: int) -> int:
        """How many of the spans drawn at places in UTF-16 units come back with other words, or elsewhere."""
        rng, lines, wanted = random.Random(3), text.split("\n"), []
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        page.evaluate("() => document.getElementById('stage').focus()")
        page.keyboard.press("w")  # by characters
        for number in rng.sample(range(len(lines)), CHECKED):
            line = lines[number]
            begin = rng.randrange(len(line) - 30)
            end = begin + rng.randint(2, 25)
            page.evaluate(SELECT, [number, units(line[:begin]), units(line[:end])])
            before = page.evaluate(COUNT)
            page.keyboard.press("2")
            page.wait_for_function(f"(before) => ({COUNT})() > before", arg=before)
            wanted.append((starts[number] + begin, starts[number] + end))
        sent: list[Any] = []
        page.on("requestfinished", lambda request: sent.append(request) if request.url.endswith("/answer") else None)
        page.evaluate("() => document.getElementById('stage').focus()")
        page.keyboard.press("Enter")
        while not sent:
            page.wait_for_timeout(100)
        reply = sent[0].response()
        assert reply is not None
        assert reply.status == 201, reply.text()
        drawn = sent[0].post_data_json["answer"]["instances"][there:]
        places = [one["geometry"] for one in drawn]
        off = sum(text[one["start"] : one["end"]] != one["text"] for one in places)
        # Grown to whole characters, so each lies around what was passed over, and hardly further.
        ends = [(one["start"], one["end"]) for one in places[-CHECKED:]]
        return off + sum(
            not (a - 8 <= start <= a and b <= end <= b + 8) for (a, b), (start, end) in zip(wanted, ends, strict=True)
        )


def bar(name: str, value: float, unit: str, most: float) -> dict[str, Any]:
    return {"name": name, "value": round(value, 1), "unit": unit, "target": f"<= {most:g}", "holds": value <= most}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, default=1_000_000)
    parser.add_argument("--spans", type=int, default=5_000)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    django_settings.configure()  # its client encodes our uploads
    rng = random.Random(7)
    text = long_text(arguments.characters, rng)
    settings = {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "units": units(text),
        "points": len(text),
    }
    print(f"Settings: {settings}", flush=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        product = Product(Path(folder) / "home")
        try:
            bench = Bench(chromium, Meter(os.getpid()), product, Path(folder))
            bars = bench.run(text, list(spans(text, arguments.spans, rng)))
        finally:
            product.stop()
            chromium.close()
    for one in bars:
        holds = "" if one["holds"] else "  DOES NOT HOLD"
        print(f"{one['name']}: {one['value']:g} {one['unit']} (target {one['target']}){holds}")
    print(f"{sum(one['holds'] for one in bars)} of {len(bars)} bars hold; load {os.getloadavg()[0]:.1f}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"settings": settings, "bars": bars}, indent=1) + "\n")
    return 0 if all(one["holds"] for one in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
