"""Pictures: a look at the header before anything is decoded, then facts, thumbnails, a view for browsers, pixels.

`check_header` runs in our own process. Everything else decodes, and is called in the child of labeling.media.sandbox.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from labeling.errors import TooLarge, UnsupportedMedia
from labeling.media.limits import Limits
from labeling.media.strips import Strip
from labeling.task_types.base import Json

Image.MAX_IMAGE_PIXELS = 100_000_000  # Pillow's own guard, for whoever opens a picture without ours
ORIENTATION: Final = 0x0112
_PILLOW: Final = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "tiff": "TIFF"}
_GREY: Final = ("1", "L", "LA", "La")
_DEEP: Final = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")


def check_header(path: Path, format_name: str, limits: Limits) -> None:
    """Refuse what claims too many pixels, and what has no header at all. Decodes nothing.

    Only the reader of `format_name` is tried, so that a file can't choose a decoder. Raises TooLarge, UnsupportedMedia.
    """
    with open_image(path, format_name, limits):
        return


def open_image(path: Path, format_name: str, limits: Limits) -> Image.Image:
    """An opened, not yet decoded image. Raises TooLarge, UnsupportedMedia."""
    try:
        image = Image.open(path, formats=[_PILLOW[format_name]])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many(path, limits) from bomb
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError) as error:
        raise UnsupportedMedia(
            f"The header of this {format_name.upper()} file can't be read.",
            where=path.name,
            todo="Check that the file opens elsewhere, and save it anew.",
        ) from error
    width, height = image.size
    if width * height > limits.image_pixels:
        image.close()
        raise _too_many(path, limits)
    return image


def image_facts(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """Size, channels and orientation, after the whole file was decoded once."""
    with open_image(Path(task["path"]), task["format"], limits) as image:
        width, height = image.size
        depth = _depth(image)
        # A JPEG scaled to an eighth: every byte is still read, so a cut-off file shows, in a third of the time.
        image.draft(None, (max(1, width // 8), max(1, height // 8)))
        image.load()
        turned = image.getexif().get(ORIENTATION, 1)
    return {
        "width": width,
        "height": height,
        "depth": depth,
        "orientation": turned if isinstance(turned, int) and 1 <= turned <= 8 else 1,
    }, b""


def image_thumbnail(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """At most `side` px wide and high, turned as EXIF says, without metadata; WebP."""
    with open_image(Path(task["path"]), task["format"], limits) as image:
        small = _small(image, task["side"])
        return {"content_type": "image/webp"}, _encode(_plain(small), "WEBP", quality=78, method=3)


def image_view(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """The same px as stored, not turned, in a format that every browser shows; PNG."""
    with open_image(Path(task["path"]), task["format"], limits) as image:
        image.load()
        return {"content_type": "image/png"}, _encode(_plain(image), "PNG", compress_level=3)


def image_pixels(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """What a learner sees: 8-bit grey or RGB, row by row, turned as EXIF says, transparent parts white."""
    with open_image(Path(task["path"]), task["format"], limits) as image:
        flat = _flat(_small(image, task["side"]))
        return {"width": flat.width, "height": flat.height, "depth": len(flat.getbands())}, flat.tobytes()


def image_strip(task: Json, limits: Limits) -> tuple[Json, bytes]:
    """One WebP of many `pictures`, each `height` px high, turned as EXIF says; all are of one size."""
    strip: Strip | None = None
    for one in task["pictures"]:
        with open_image(Path(one["path"]), one["format"], limits) as image:
            scale = task["height"] / (
                image.width if image.getexif().get(ORIENTATION, 1) in (5, 6, 7, 8) else image.height
            )
            side = max(1, round(max(image.size) * scale))
            image.draft(None, (side, side))
            small = _flat(_small(image, side))
        strip = strip or Strip(len(task["pictures"]), small.size)
        strip.add(small)
    if strip is None:
        raise UnsupportedMedia("There is no picture.")
    return strip.facts(), strip.webp()


def _small(image: Image.Image, side: int) -> Image.Image:
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode in _DEEP or image.mode == "1":
        image = _eight_bit(image)
    image.thumbnail((side, side), Image.Resampling.BOX if side < 32 else Image.Resampling.LANCZOS)
    return ImageOps.exif_transpose(image)


def _plain(image: Image.Image) -> Image.Image:
    """In a mode that WebP and PNG write and browsers show."""
    if image.mode in ("RGB", "RGBA", "L"):
        return image
    if image.mode in _DEEP or image.mode == "1":
        return _eight_bit(image)
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _flat(image: Image.Image) -> Image.Image:
    """RGB or L; what shines through becomes white."""
    grey = image.mode in _GREY
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    return image.convert("L" if grey else "RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    """16-bit grey keeps its high byte; other numbers are stretched from their smallest to their largest."""
    if image.mode == "1":
        return image.convert("L")
    numbers = image.convert("F")
    if image.mode.startswith("I;16"):
        low, span = 0.0, 65_535.0
    else:
        least, most = numbers.getextrema()
        low, span = float(least), max(float(most) - float(least), 1e-9)  # type: ignore[arg-type]
    return numbers.point(lambda value: value * (255 / span) + (-low * 255 / span)).convert("L")


def _depth(image: Image.Image) -> int:
    """Channels; a palette counts as the colours it stands for."""
    if image.mode in ("P", "PA"):
        return 4 if image.has_transparency_data else 3
    return len(image.getbands())


def _encode(image: Image.Image, format_name: str, **how: int) -> bytes:
    image.info.clear()  # nothing of the file's own metadata goes on
    buffer = BytesIO()
    image.save(buffer, format_name, **how)
    return buffer.getvalue()


def _too_many(path: Path, limits: Limits) -> TooLarge:
    return TooLarge(
        f"The picture claims more than {limits.image_pixels / 1e6:g} million pixels.",
        where=path.name,
        todo="Scale it down, or cut it into tiles.",
    )
