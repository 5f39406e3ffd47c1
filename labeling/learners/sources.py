"""A run's folder -> features. Texts and image paths come as JSON Lines; features are kept in a cache between runs."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from scipy import sparse

from labeling.errors import BadRequest
from labeling.learners.classifier import Features
from labeling.learners.images import SIDE, Pixels, image_features
from labeling.learners.terms import Terms, packed, unpacked
from labeling.learners.text import MANY_CLASSES, named_text_features

Bools = NDArray[np.bool_]
Parts = tuple[Features, Bools, tuple[Terms, ...]]
VERSION = 1  # of the features: raise it when text.py or images.py change what they give


class Made(NamedTuple):
    features: Features  # (N, f)
    readable: Bools  # (N,)
    terms: tuple[Terms, ...]  # what the columns of texts stand for; none for images
    digest: str  # of what they were made from


def features_of(folder: Path, *, medium: str, classes: int, cache: Path | None) -> Made:
    """The features of a run. cache: path without suffix, or None.

    Raises BadRequest for an unknown medium or a missing file.
    """
    makers: dict[str, tuple[str, Callable[[list[dict[str, str]]], Parts]]] = {
        "text": ("texts.jsonl", lambda rows: _texts(rows, classes)),
        "image": ("images.jsonl", _images),
    }
    if medium not in makers:
        raise BadRequest(
            f"No features are known for the medium {medium!r}.", where="params.json", todo="Use text or image."
        )
    name, make = makers[medium]
    raw = _read(folder / name)
    digest = hashlib.sha256(f"{VERSION} {medium} {classes > MANY_CLASSES}\n".encode() + raw).hexdigest()
    if cache is not None and (kept := _kept(cache, digest)) is not None:
        return Made(*kept, digest)
    made = make([json.loads(line) for line in raw.splitlines()])
    if cache is not None:
        _keep(cache, digest, *made)
    return Made(*made, digest)


def decode_image(path: Path) -> Pixels | None:
    """uint8 pixels, grey or RGB, EXIF applied, shrunk to a few times the working size; None if it can't be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                image.draft("RGB", (4 * SIDE, 4 * SIDE))
                upright = ImageOps.exif_transpose(image)
                return _eight_bit(upright)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None


def _eight_bit(image: Image.Image) -> Pixels:
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    grey = image.mode in ("1", "L", "LA")
    plain = image.convert("L" if grey else "RGB")
    plain.thumbnail((4 * SIDE, 4 * SIDE), Image.Resampling.BOX)
    return np.asarray(plain)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise BadRequest(f"The run's file can't be read: {problem.strerror}.", where=path.name) from problem


def _texts(rows: list[dict[str, str]], classes: int) -> Parts:
    features, terms = named_text_features([row["text"] for row in rows], classes=classes)
    return features, np.ones(len(rows), dtype=np.bool_), terms


def _images(rows: list[dict[str, str]]) -> Parts:
    return *image_features(len(rows), lambda i: decode_image(Path(rows[i]["path"]))), ()


def _kept(cache: Path, digest: str) -> Parts | None:
    try:
        with np.load(cache.with_suffix(".npz"), allow_pickle=False) as kept:
            if str(kept["digest"]) != digest:
                return None
            if "dense" in kept:
                return kept["dense"], kept["readable"], ()
            parts = (kept["data"], kept["indices"], kept["indptr"])
            terms = unpacked({name: kept[name] for name in kept["terms"].tolist()})
            return sparse.csr_matrix(parts, shape=tuple(kept["shape"])), kept["readable"], terms
    except (OSError, ValueError, KeyError, EOFError):  # absent, or torn by a crash: made again
        return None


def _keep(cache: Path, digest: str, features: Features, readable: Bools, terms: tuple[Terms, ...]) -> None:
    if sparse.issparse(features):
        rows = sparse.csr_matrix(features)
        parts = {"data": rows.data, "indices": rows.indices, "indptr": rows.indptr}
        names = packed(terms)
        arrays = {**parts, "shape": np.array(rows.shape), "terms": np.array(sorted(names)), **names}
    else:
        arrays = {"dense": np.asarray(features)}
    cache.parent.mkdir(parents=True, exist_ok=True)
    half = cache.with_suffix(f".{os.getpid()}.npz")
    np.savez(half, digest=np.array(digest), readable=readable, **arrays)
    half.replace(cache.with_suffix(".npz"))
