"""What the columns of text features stand for, kept as plain arrays: without it nobody can say which words spoke."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Analyzer = Literal["word", "char_wb"]


@dataclass(frozen=True)
class Terms:
    """One block of columns. `terms`: what is counted, by column; `idf`: (len(terms),) how much each counts for."""

    analyzer: Analyzer
    terms: tuple[str, ...]
    idf: NDArray[np.float32]


def packed(blocks: tuple[Terms, ...]) -> dict[str, NDArray[Any]]:
    """As arrays that `np.savez` writes without pickle. No term holds a line break: both analyzers split at blanks."""
    arrays: dict[str, NDArray[Any]] = {}
    for block in blocks:
        lines = "\n".join(block.terms).encode("utf-8", "surrogatepass")  # a JSON text may hold halves of pairs
        arrays[f"{block.analyzer}_terms"] = np.frombuffer(lines, dtype=np.uint8)
        arrays[f"{block.analyzer}_idf"] = block.idf
    return arrays


def unpacked(arrays: Mapping[str, NDArray[Any]]) -> tuple[Terms, ...]:
    """Of `packed`. Raises KeyError or ValueError for arrays that fit together no more."""
    return tuple(_block(name, arrays) for name in ("word", "char_wb") if f"{name}_terms" in arrays)


def _block(analyzer: Analyzer, arrays: Mapping[str, NDArray[Any]]) -> Terms:
    terms = arrays[f"{analyzer}_terms"].tobytes().decode("utf-8", "surrogatepass").split("\n")
    idf = arrays[f"{analyzer}_idf"]
    if len(terms) != len(idf):
        raise ValueError(f"{len(terms)} terms, and {len(idf)} numbers for them")
    return Terms(analyzer, tuple(terms), idf)
