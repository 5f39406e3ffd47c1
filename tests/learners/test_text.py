import numpy as np

from labeling.learners.text import text_features


def test_rows_are_of_unit_length_and_an_empty_text_is_zero():
    rows = text_features(["a red apple", "a green apple", ""], classes=2)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    assert np.allclose(lengths, [1, 1, 0], atol=1e-6)


def test_character_grams_come_with_many_classes_and_join_misspelt_words():
    texts = ["cancel my transfer", "cancell transfr", "what is the exchange rate"]
    few, many = text_features(texts, classes=5), text_features(texts, classes=77)
    assert many.shape[1] > few.shape[1]
    assert (many[0] @ many[1].T).toarray()[0, 0] > (many[0] @ many[2].T).toarray()[0, 0]


def test_texts_of_punctuation_alone_are_no_error():
    rows = text_features(["...", "!!"], classes=2)
    assert rows.shape[0] == 2
    assert rows.nnz == 0


def test_texts_in_any_script_become_words():
    assert text_features(["привет мир", "γειά σου"], classes=2).nnz == 4
