"""How much of a stranger's file we are willing to read."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """The defaults are Ground Truth's quotas where it has one (40 MB and 100 megapixels an image)."""

    image_bytes: int = 40 * MIB
    image_pixels: int = 100_000_000
    video_bytes: int = 2048 * MIB
    video_frames: int = 200_000
    text_bytes: int = 4 * MIB  # a million code points, whatever their script
    tiff: bool = False  # a large family of formats, so only where a lead asks for it
    cpu_seconds: int = 60  # of one file
    wall_seconds: float = 120.0  # of one file
    memory_bytes: int = 1024 * MIB  # address space of the child that decodes
    patient: bool = False  # long work in the background: the child lets others go first


PROXY = Limits(cpu_seconds=3 * 3600, wall_seconds=6 * 3600.0, memory_bytes=2048 * MIB, patient=True)
"""A film of hours is decoded and encoded whole: about 10 ms a frame of 720p."""

STRIP = Limits(cpu_seconds=300, wall_seconds=900.0, patient=True)
FRAMES = Limits(cpu_seconds=30, wall_seconds=60.0)
"""Somebody waits for these."""
