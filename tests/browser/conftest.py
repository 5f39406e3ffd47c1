"""The real product under a real browser: one of each a process, one context a person.

Every page is listened to: a script error, a dialog or a refusal of the content security policy fails its test.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page

from tests.browser.editor import Desk
from tests.browser.product import BUNDLE, Product, wait_for
from tests.model_server import ModelServer, model_server

DESK = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def models() -> Iterator[ModelServer]:
    """A model server that the product knows as "colours"."""
    with model_server() as server:
        yield server


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, models: ModelServer) -> Iterator[Product]:
    if not BUNDLE.exists():
        pytest.fail("The editor is not built yet: run `make setup` (or `npm run build` in frontend/), then test again.")
    product = Product(
        tmp_path_factory.mktemp("home"),
        TOUCHSTONE_MODEL_SERVERS=f"colours={models.url}",
        TOUCHSTONE_PRIVATE_NETWORKS="127.0.0.1",
    )
    yield product
    product.stop()


@pytest.fixture
def someone(browser: Browser, product: Product, troubles: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """`someone(session_key="", **options)`: a browser of their own, signed in when a key is given."""
    contexts: list[BrowserContext] = []

    def make(key: str = "", **options: Any) -> BrowserContext:
        options.setdefault("viewport", DESK)
        context = browser.new_context(base_url=product.url, **options)
        context.set_default_timeout(15_000)
        context.on("page", lambda page: listen(page, troubles))
        if key:
            context.add_cookies([{"name": "sessionid", "value": key, "url": product.url}])
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert troubles == []


def listen(page: Page, troubles: list[str]) -> None:
    def dialog(dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            troubles.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dialog)
    page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
    page.on(
        "console",
        lambda message: troubles.append(message.text) if "Content Security Policy" in message.text else None,
    )


@pytest.fixture
def worker(someone: Callable[..., BrowserContext], product: Product) -> Callable[..., BrowserContext]:
    """`worker(**options)`: a worker of the team who has never answered anything yet."""
    return lambda **options: someone(product.workers.pop(), **options)


@pytest.fixture
def lead(someone: Callable[..., BrowserContext], product: Product) -> BrowserContext:
    return someone(product.lead)


@pytest.fixture
def desk(worker: Callable[..., BrowserContext]) -> Callable[..., Desk]:
    """`desk(job, **options)`: a new worker at the label page of a job."""
    return lambda job, **options: Desk(worker(**options).new_page(), job).open()


@pytest.fixture
def job(product: Product) -> Callable[..., int]:
    """`job(task_type, files=..., lines=..., **rules)`: a running job whose objects are open to people; its id."""

    def make(task_type: str, *, files: Sequence[Path] = (), lines: Sequence[str] = (), **rules: Any) -> int:
        wishes = {"name": f"{task_type} {secrets.token_hex(3)}", "categories": ["Car", "Bus"], **rules}
        made: int = product.api("POST", "/jobs", {"task_type": task_type, "team": product.team, **wishes})["id"]
        came = product.api("POST", f"/jobs/{made}/objects", None if files else {"lines": list(lines)}, files=files)
        assert came["refused"] == [], came
        product.api("POST", f"/jobs/{made}/steps/start")
        wait_for(lambda: is_open(product, made), words="the first objects to be open to people")
        return made

    return make


def is_open(product: Product, job: int) -> bool:
    """Somebody could begin: asks for an object as any worker would, and gives it back at once."""
    leases = product.api("POST", f"/jobs/{job}/leases", {"count": 1})["leases"]
    for lease in leases:
        product.api("POST", f"/assignments/{lease['assignment']}/release", {"token": lease["token"]})
    return bool(leases)
