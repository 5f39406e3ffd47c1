"""Which of two sets of things can touch at all, without a full matrix."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def touching(a: Floats, b: Floats) -> tuple[Ints, Ints]:
    """The pairs of upright boxes that meet: places in a, places in b, ordered by place in a, then b.

    a, b: (n, 4) and (m, 4) corners [left, top, right, bottom]; they may be without width or height. A tree of boxes
    (Leutenegger et al. 1997), so 20,000 against 20,000 cost what really meets.
    """
    if not len(a) or not len(b):
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    tree = shapely.STRtree(shapely.box(*b.T))
    first, second = tree.query(shapely.box(*a.T))
    order = np.lexsort((second, first))
    return first[order].astype(np.intp), second[order].astype(np.intp)
