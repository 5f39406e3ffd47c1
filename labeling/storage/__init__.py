"""Where bytes live: content-addressed files, and a cache of what can be made again from them."""

from labeling.storage.bounded import BoundedFiles
from labeling.storage.derived import DerivedFiles
from labeling.storage.documents import get_json, put_json
from labeling.storage.local import LocalStore
from labeling.storage.store import Store, checked_key

__all__ = ["BoundedFiles", "DerivedFiles", "LocalStore", "Store", "checked_key", "get_json", "put_json"]
