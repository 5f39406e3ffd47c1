"""What a person's hand does in the picture, step by step, with the CPU that it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from threading import Thread
from typing import Any

from playwright.sync_api import Browser, Page

from bench.editor_meter import Meter
from tests.browser.product import Product, label_page

STEPS = 40  # of one gesture
DESK = {"width": 1440, "height": 900}
FRAME = "() => new Promise((done) => requestAnimationFrame(() => done()))"
SHOWN = """() => new Promise((done) => {
    const still = document.querySelector('#stage > img');
    if (still !== null) requestAnimationFrame(() => requestAnimationFrame(() => done()));
    else done();
})"""
# From the key's own time to the end of the frame that shows another picture.
WATCH = """() => {
    const before = document.querySelector('#stage > img');
    window.swapped = new Promise((done) => {
        window.addEventListener('keydown', ({ timeStamp }) => {
            const look = () => {
                const now = document.querySelector('#stage > img');
                if (now === null || now === before) requestAnimationFrame(look);
                else requestAnimationFrame(() => setTimeout(() => done(performance.now() - timeStamp)));
            };
            look();
        }, { once: true, capture: true });
    });
}"""
# The command alone, from the key to the last effect that runs at once; what is drawn comes with the next frame.
KEY = """(key) => {
    const begun = performance.now();
    window.dispatchEvent(new KeyboardEvent('keydown', { ...key, bubbles: true, cancelable: true }));
    return performance.now() - begun;
}"""


class Hands:
    """One page, measured alone."""

    def __init__(self, page: Page, meter: Meter) -> None:
        self.page = page
        self.meter = meter
        self.session = page.context.new_cdp_session(page)

    def settle(self, ms: int = 800) -> None:
        self.page.wait_for_timeout(ms)

    def frame(self) -> None:
        self.page.evaluate(FRAME)

    @property
    def middle(self) -> tuple[float, float]:
        stage = self.page.locator("#stage").bounding_box()
        assert stage is not None
        return stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2

    def per_step(self, step: Callable[[int], None], steps: int = STEPS) -> float:
        """CPU ms a frame of a gesture, one step a frame."""
        with self.meter.lap() as lap:
            for number in range(steps):
                step(number)
                self.frame()
        return lap.ms / steps

    def drag(self, at: tuple[float, float]) -> float:
        """The shape at `at` (px of the window) moved about; taken back at the end. CPU ms a frame."""
        mouse, (x, y) = self.page.mouse, at
        mouse.move(x, y)
        mouse.down()
        for way in range(1, 6):  # it is in the hand now, and the picture was painted without it
            mouse.move(x + way, y)
            self.frame()
        self.settle(200)
        cost = self.per_step(lambda n: mouse.move(x + 5 + 2 * (n % 20), y + n))
        assert self.page.locator(".hand .shape").count() == 1, "nothing was dragged"
        self.page.keyboard.press("Escape")
        mouse.up()
        self.settle(300)
        return cost

    def pan(self) -> float:
        """By the hand, Space held. CPU ms a frame."""
        (x, y), mouse = self.middle, self.page.mouse
        self.page.keyboard.down("Space")
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + 3, y)
        self.frame()
        cost = self.per_step(lambda n: mouse.move(x + 3 * (n % 20), y + 2 * (n % 30)))
        mouse.up()
        self.page.keyboard.up("Space")
        self.settle()
        return cost

    def zoom(self) -> tuple[float, float]:
        """By the wheel, in and out again. CPU ms a frame, and CPU ms of the sharp picture once it rests."""
        mouse = self.page.mouse
        mouse.move(*self.middle)
        self.settle(300)
        cost = self.per_step(lambda n: mouse.wheel(0, -50 if n < STEPS / 2 else 50))
        with self.meter.lap() as rest:
            self.settle()
        return cost, rest.ms

    def sharp(self) -> float:
        """CPU ms of all that follows the last frame of a zoom, a step in or out, once it rests; median of six."""
        found = []
        for way in (-50, 50, -50, 50, -50, 50):
            self.page.mouse.wheel(0, way)
            self.frame()
            self.frame()
            with self.meter.lap() as rest:
                self.settle(700)
            found.append(rest.ms)
        return median(found)

    def heap(self) -> int:
        """Bytes of script objects, after a collection."""
        self.session.send("HeapProfiler.collectGarbage")
        used: int = self.session.send("Runtime.getHeapUsage")["usedSize"]
        return used

    def key(self, **key: Any) -> tuple[float, float]:
        """(ms of the command by the page's clock, CPU ms of all until it is painted)."""
        with self.meter.lap() as lap:
            ms: float = self.page.evaluate(KEY, key)
            self.settle(500)
        return ms, lap.ms

    def submit(self) -> float:
        """ms from the key to the next picture painted, by the page's clock."""
        self.page.evaluate(WATCH)
        self.page.keyboard.press("Enter")
        swapped: float = self.page.evaluate("() => window.swapped")
        return swapped


@contextmanager
def hands(browser: Browser, product: Product, meter: Meter, job: int) -> Iterator[Hands]:
    """The label page of a job, opened by the lead in a browser of their own."""
    context = browser.new_context(base_url=product.url, viewport=DESK)  # type: ignore[arg-type]
    context.add_cookies([{"name": "sessionid", "value": product.lead, "url": product.url}])
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(label_page(job))
    page.locator("#stage > img").wait_for()
    yield Hands(page, meter)
    context.close()


@contextmanager
def image_alone(browser: Browser, meter: Meter, picture: bytes, size: Mapping[str, float]) -> Iterator[Hands]:
    """The floor: a page of nothing but the picture, moved by CSS; `size` is the stage's."""
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    with serving({"/": BARE.encode(), "/picture": picture}) as url:
        page.goto(url, wait_until="commit")
        page.wait_for_function("() => 'begin' in window")
        page.evaluate("(size) => begin(size)", dict(size))
        yield Hands(page, meter)
        context.close()


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[str]:
    """A server of a few pages on a free port; its address."""

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = files.get(self.path, b"")
            self.send_response(200 if content else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


BARE = """<!doctype html><style>body { margin: 0 } #stage { position: absolute; overflow: hidden }
img { position: absolute; left: 0; top: 0; transform-origin: 0 0 }</style><div id=stage><img src=/picture></div><script>
const stage = document.getElementById('stage'), image = stage.firstChild;
let view = { scale: 1, x: 0, y: 0 }, last = null, frame = 0;
const draw = () => {
    frame = 0;
    image.style.transform = `matrix(${view.scale},0,0,${view.scale},${view.x},${view.y})`;
};
const soon = () => { if (frame === 0) frame = requestAnimationFrame(draw); };
var begin = async ({ left, top, width, height }) => {
    Object.assign(stage.style, { left: left + 'px', top: top + 'px', width: width + 'px', height: height + 'px' });
    await image.decode();
    view.scale = Math.min((width - 32) / image.naturalWidth, (height - 32) / image.naturalHeight);
    draw();
};
stage.addEventListener('pointerdown', (event) => { last = event; event.preventDefault(); });
stage.addEventListener('pointermove', (event) => {
    if (last === null) return;
    view = { ...view, x: view.x + event.clientX - last.clientX, y: view.y + event.clientY - last.clientY };
    last = event;
    soon();
});
stage.addEventListener('pointerup', () => { last = null; });
stage.addEventListener('wheel', (event) => {
    event.preventDefault();
    const k = Math.exp(-event.deltaY * 0.0016);
    const at = { x: event.clientX - stage.offsetLeft, y: event.clientY - stage.offsetTop };
    view = { scale: view.scale * k, x: at.x - k * (at.x - view.x), y: at.y - k * (at.y - view.y) };
    soon();
}, { passive: false });
</script>"""
