"""One thread for everything that computes: same seed, same numbers, and the other core stays free for the web."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, the BLAS and OpenMP pools of numpy, scipy and scikit-learn use one thread."""
    with threadpool_limits(limits=1):
        yield
