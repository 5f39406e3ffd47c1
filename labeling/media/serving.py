"""What a browser is told about a user's file, so that it shows it and never runs it."""

from __future__ import annotations

from labeling.media.sniff import CONTENT_TYPES, UNKNOWN

_INLINE = frozenset(CONTENT_TYPES.values()) - {"image/tiff"}


def media_headers(content_type: str) -> dict[str, str]:
    """Headers of a reply with a user's bytes; what is none of our formats becomes a download without a type."""
    inline = content_type in _INLINE
    return {
        "Content-Type": content_type if inline or content_type == "image/tiff" else UNKNOWN,
        "Content-Disposition": "inline" if inline else "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
