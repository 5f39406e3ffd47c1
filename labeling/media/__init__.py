"""Bytes to facts, thumbnails and pixels. Strangers' files are decoded in a child process only."""

from labeling.media.limits import Limits
from labeling.media.probe import Probed, probe, probe_many

__all__ = ["Limits", "Probed", "probe", "probe_many"]
