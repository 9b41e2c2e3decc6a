"""Small pictures of what was received."""

import io
from pathlib import Path

from PIL import Image, ImageOps

SIDE = 320
"""Pixels of the longer side."""
MOST_PIXELS = 100_000_000


def thumbnail(path: Path) -> bytes | None:
    """A JPEG of the picture in a file, upright; ``None`` for what is no picture, or too large a one."""
    try:
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            image.draft("RGB", (SIDE, SIDE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((SIDE, SIDE))
            buffer = io.BytesIO()
            upright.convert("RGB").save(buffer, "JPEG", quality=82)
            return buffer.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # as Pillow says that it is none
        return None
