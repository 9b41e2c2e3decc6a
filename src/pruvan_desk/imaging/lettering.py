"""The typefaces of this machine that know many scripts, for what is written into PDFs and onto photos."""

import os
import sys
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def font_files() -> list[tuple[str, str]]:
    """Files that may be there: a regular face and its bold one, the best first."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts")
        names = (("segoeui.ttf", "segoeuib.ttf"), ("arial.ttf", "arialbd.ttf"))
    elif sys.platform == "darwin":
        folder = Path("/System/Library/Fonts/Supplemental")
        names = (("Arial Unicode.ttf", "Arial Bold.ttf"), ("Arial.ttf", "Arial Bold.ttf"))
    else:
        folder = Path("/usr/share/fonts/truetype")
        names = (
            ("noto/NotoSans-Regular.ttf", "noto/NotoSans-Bold.ttf"),
            ("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf"),
            ("liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf"),
        )
    return [(str(folder / regular), str(folder / bold)) for regular, bold in names]


@lru_cache(maxsize=16)
def bold_font(size: int) -> Font:
    """A bold face of this height in pixels; the one inside Pillow, which knows Latin letters only, where the machine has none."""
    for _, bold in font_files():
        try:
            return ImageFont.truetype(bold, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
