from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labeling.formats.augmented import Stamp


@pytest.fixture
def stamp() -> Stamp:
    return Stamp("groundtruth/image-classification", "Rock", human=True, created=datetime(2026, 3, 1, 10, tzinfo=UTC))
