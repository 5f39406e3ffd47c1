"""Films: facts and frame table without decoding all of them, and a poster. In the child of labeling.media.sandbox."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from labeling.errors import UnsupportedMedia
from labeling.media import film_table
from labeling.media.film_files import opened_film
from labeling.media.limits import Limits
from labeling.task_types.base import Json

# What current browsers play by themselves, by container.
_PLAYED: Final = {"mp4": {"h264", "av1", "vp9"}, "webm": {"vp8", "vp9", "av1"}, "ogg": set[str]()}
_DECODED: Final = {"h264", "av1", "vp9"}  # by WebCodecs, and one picture a packet
_PLAIN_PIXELS: Final = {"yuv420p", "yuvj420p"}  # 8 bit, 4:2:0
_TURNS: Final = {0: 1, 180: 3, 90: 8, 270: 6}  # degrees against the clock, as PyAV has them -> EXIF's number


def video_facts(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """Size, frames, seconds and codec, and as bytes the frame table (`FrameTable.packed`)."""
    path = Path(task["path"])
    with opened_film(task, limits) as (container, stream):
        found = film_table.walk(container, stream, path, limits)
        film_table.check_claim(len(found.packets), stream.frames, path)
        codec, picture = stream.codec_context.codec.canonical_name, found.picture
        if picture is None:
            raise UnsupportedMedia("The video holds no frame that can be read.", where=path.name)
        table = film_table.table_by_packets(found, codec) or film_table.table_by_decoding(container, stream, found)
        played = codec in _PLAYED[task["format"]] and stream.codec_context.pix_fmt in _PLAIN_PIXELS
        facts = {
            "width": picture.width,
            "height": picture.height,
            "orientation": _TURNS.get(round(picture.rotation) % 360, 1),
            "frames": len(table),
            "duration": round(table.duration, 6),
            "codec": stream.codec_context.name,
            "shown": played,
            "quick": played and codec in _DECODED and film_table.is_quick(table, found.packets),
        }
        return facts, json.dumps(table.packed()).encode()


def video_poster(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """The first frame, at most `side` px wide and high, turned upright; WebP."""
    with opened_film(task, limits) as (container, stream):
        frame = next(iter(container.decode(stream)), None)
        if frame is None:
            raise UnsupportedMedia("The video holds no frame that can be read.", where=Path(task["path"]).name)
        picture = Image.fromarray(frame.to_ndarray(format="rgb24")).rotate(frame.rotation, expand=True)
    picture.thumbnail((task["side"], task["side"]), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    picture.save(buffer, "WEBP", quality=78, method=3)
    return {"content_type": "image/webp"}, buffer.getvalue()
