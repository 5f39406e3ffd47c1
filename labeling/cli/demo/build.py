"""Writes the sample project's files; the jobs themselves are made by whoever calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from labeling.cli.demo import clips, digits, harbour, messages, photographs, regatta
from labeling.cli.demo.manifests import Truth, write_categories, write_input, write_truth

INSTRUCTIONS: Final = Path(__file__).with_name("instructions")
OUTLINED: Final = ("Roof", "Flower")
PIXELS: Final = ("Sky", "Water", "Leaves", "Wood")


@dataclass(frozen=True)
class SampleJob:
    """Everything that making and simulating one job needs. `name` follows the manifest's rules for job names."""

    name: str
    title: str
    task_type: str
    folder: Path  # where relative references of the manifests begin
    input: Path
    truth: Path | None  # None: all of it is left for the newcomer
    categories: Path
    instructions: str  # Markdown
    workers: tuple[int, int]  # fewest and most a data object
    target_error: float | None  # None: nothing is labeled by machine


def build_sample(folder: Path) -> list[SampleJob]:
    """Make all files below `folder` (a few seconds); again in the same folder, the same files. No network."""
    drawings = photographs.read_drawings()
    pictures, numbers, letters, films = (folder / name for name in ("photographs", "digits", "messages", "clips"))
    for place in (pictures / "images", numbers / "images", letters, films / "clips", films / "bay"):
        place.mkdir(parents=True, exist_ok=True)
    photographs.write_crops(pictures / "images", drawings)
    return [
        _job("Temple-and-dahlia", "Boxes around roofs, pillars, boats and flowers", "bounding-box", pictures,
             drawings.classes, _mixed(photographs.box_truths(drawings)), (2, 2), None),
        _left("Around-roofs-and-flowers", "The outline of each roof and flower", "polygon", pictures,
              OUTLINED, photographs.scene_truths(drawings)),
        _left("Sky-water-leaves", "What each part of the picture is", "semantic-segmentation", pictures,
              PIXELS, photographs.scene_truths(drawings)),
        _job("What-the-picture-shows", "One scene a picture", "image-classification", pictures,
             drawings.scenes, _mixed(photographs.scene_truths(drawings)), (2, 3), None),
        _job("Handwritten-digits", "Which digit is it?", "image-classification", numbers,
             digits.CLASSES, digits.write_digits(numbers / "images"), (1, 1), 0.05),
        _job("Letters-to-the-town", "Which office should answer?", "text-classification", letters,
             messages.CLASSES, messages.message_truths(), (1, 2), None),
        _job("The-harbours-log", "Who and what the log book speaks of", "named-entities", letters,
             harbour.CLASSES, harbour.entry_truths(), (1, 2), None),
        _job("Camera-moves", "How does the camera move?", "video-classification", films,
             clips.CLASSES, clips.write_clips(films / "clips"), (2, 3), None),
        _left("Across-the-bay", "Boats and a buoy, followed through short films", "video-object-tracking", films,
              regatta.CLASSES, regatta.write_films(films / "bay")),
    ]  # fmt: skip


def _mixed(truths: Sequence[Truth]) -> list[Truth]:
    """Every second one first: when half are labeled, something of each kind is left for the newcomer."""
    return [*truths[::2], *truths[1::2]]


def _left(
    name: str, title: str, task_type: str, folder: Path, classes: Sequence[str], truths: Sequence[Truth]
) -> SampleJob:
    """A job whose truth nobody has drawn: of `truths` only the sources count."""
    return _job(name, title, task_type, folder, classes, truths, (1, 1), None, known=False)


def _job(
    name: str,
    title: str,
    task_type: str,
    folder: Path,
    classes: Sequence[str],
    truths: Sequence[Truth],
    workers: tuple[int, int],
    target_error: float | None,
    *,
    known: bool = True,
) -> SampleJob:
    stem = name.lower()
    return SampleJob(
        name=name,
        title=title,
        task_type=task_type,
        folder=folder,
        input=write_input(folder / f"{stem}.input.manifest", truths),
        truth=write_truth(folder / f"{stem}.truth.manifest", truths) if known else None,
        categories=write_categories(folder / f"{stem}.categories.json", classes),
        instructions=(INSTRUCTIONS / f"{stem}.md").read_text(encoding="utf-8"),
        workers=workers,
        target_error=target_error,
    )
