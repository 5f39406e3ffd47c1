from __future__ import annotations

from labeling.learners import embeddings

# Not skipped but left out: nothing has to run that nobody has asked for (`make embeddings`). What the real language
# model shares with a tiny one is tested everywhere, in test_embeddings.py and test_wordpiece.py.
collect_ignore = [] if embeddings.installed() else ["test_real_language_model.py"]
