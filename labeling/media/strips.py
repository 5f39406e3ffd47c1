"""A strip: many small pictures in one, so that a timeline can show where it is without a request for each."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image

from labeling.task_types.base import Json

COLUMNS: Final = 10
MOST: Final = 60  # pictures
HEIGHT: Final = 72  # px of each
WIDEST: Final = 1600  # px: ten of these are as wide as WebP allows


class Strip:
    """Pictures of one size in rows of COLUMNS."""

    def __init__(self, count: int, size: tuple[int, int]) -> None:
        self.size = (min(size[0], WIDEST), size[1])
        self.count = 0
        columns = min(COLUMNS, count)
        rows = -(-count // columns)
        self._sheet = Image.new("RGB", (columns * self.size[0], rows * self.size[1]))

    def add(self, picture: Image.Image) -> None:
        row, column = divmod(self.count, COLUMNS)
        fitting = picture if picture.size == self.size else picture.resize(self.size)
        self._sheet.paste(fitting, (column * self.size[0], row * self.size[1]))
        self.count += 1

    def facts(self) -> Json:
        return {"width": self.size[0], "height": self.size[1], "columns": COLUMNS}

    def webp(self) -> bytes:
        buffer = BytesIO()
        self._sheet.save(buffer, "WEBP", quality=70, method=3)
        return buffer.getvalue()


def spread(frames: int, most: int = MOST) -> list[int]:
    """At most `most` frame numbers, the first one of them 0, evenly apart."""
    count = min(frames, most)
    return [place * frames // count for place in range(count)]
