"""The real language model, where it is installed: against sentence-transformers 6.2.0 with torch 2.13.0."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.learners.embeddings import Embedder, model_folder

# The first numbers of each text's row, by SentenceTransformer(...).encode(..., normalize_embeddings=True). Beside them,
# 260 texts of banking77 and agnews were compared in full: no number differs by more than 0.0000003.
REFERENCE = {
    "Ferries to Brindle Head run again from Monday.": (0.06716, -0.00852, 0.06768, -0.03388, -0.02193, -0.02361),
    "My card was charged twice!": (0.00874, 0.02746, 0.00234, 0.06911, 0.01605, -0.07899),
    "Überfüllte Fähre — naïve café, 3.50 €": (0.01977, -0.01238, -0.02917, 0.02953, -0.00782, -0.02140),
    "新しい渡船 on time?": (-0.05027, 0.04488, 0.04254, -0.00369, 0.04095, 0.04419),
    "": (-0.11884, 0.04830, -0.00255, -0.01101, 0.05195, 0.01029),
    "the ferry crosses the bay " * 120: (-0.01297, -0.08090, 0.07358, -0.01768, 0.02252, 0.04858),
}  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Embedder:
    folder = model_folder()
    assert folder is not None
    return Embedder(folder)


@pytest.mark.parametrize("text", REFERENCE, ids=lambda text: text[:20])
def test_its_rows_are_those_of_its_makers(model: Embedder, text: str) -> None:
    row = model.rows([text])[0]
    assert row.shape == (384,)
    assert np.abs(row[:6] - REFERENCE[text]).max() < 1e-4


def test_a_texts_row_is_the_same_to_the_last_bit_in_any_company(model: Embedder) -> None:
    texts = [*REFERENCE, *(f"{text} {number}" for number in range(30) for text in REFERENCE)]
    rows = model.rows(texts)
    assert np.array_equal(rows[::-1], model.rows(texts[::-1]))
    assert np.array_equal(rows[: len(REFERENCE)], np.concatenate([model.rows([text]) for text in REFERENCE]))


def test_what_means_the_same_is_near(model: Embedder) -> None:
    charged, twice, weather = model.rows(
        ["My card was charged twice!", "I have been debited two times for one purchase.", "It rains in the mountains."]
    )
    assert charged @ twice > charged @ weather + 0.2
