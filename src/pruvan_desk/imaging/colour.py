"""Any picture as 8-bit sRGB without transparency: what a screen shows and a thumbnail holds."""

import contextlib
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageCms

GROUND = (128, 128, 128)
"""What shows through transparent pixels: a grey that neither black nor white lettering drowns in."""

_WITH_ALPHA = {"LA", "PA", "RGBA", "RGBa", "La"}
_SIXTEEN_BIT = {"I;16", "I;16L", "I;16B", "I;16N"}


def eight_bit(image: Image.Image) -> Image.Image:
    """The picture in a mode that can be scaled smoothly: no palette, no single bits, no 16- or 32-bit numbers."""
    if image.mode in _SIXTEEN_BIT:
        return image.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if image.mode in {"I", "F"}:
        return _stretched(image.convert("F"))
    if image.mode in _WITH_ALPHA or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in {"P", "1"}:
        return image.convert("RGB" if image.mode == "P" else "L")
    return image


def _stretched(image: Image.Image) -> Image.Image:
    """Grey values of unknown scale, spread from black to white."""
    extrema = image.getextrema()
    darkest, lightest = (float(value) for value in extrema if isinstance(value, int | float))
    scale = 255 / (lightest - darkest) if lightest > darkest else 0.0
    return image.point(lambda value: value * scale + (-darkest * scale)).convert("L")


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in mode RGB and the sRGB colour space.

    ``image`` comes from :func:`eight_bit`, in its own colours as the ICC ``profile`` defines them. A profile that is damaged or
    is not for this kind of picture is passed over, and the numbers are taken for sRGB, as viewers do.
    """
    image = flat(image)
    transform = _transform(profile, image.mode) if profile else None
    if image.mode == "LAB":
        transform = _lab_transform()
    if transform is not None:
        with contextlib.suppress(ImageCms.PyCMSError):
            image = ImageCms.applyTransform(image, transform) or image
    return image if image.mode == "RGB" else image.convert("RGB")


def flat(image: Image.Image) -> Image.Image:
    """An RGBA picture laid on the neutral ground; any other as it is."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, GROUND)
    ground.paste(image, mask=image.getchannel("A"))
    return ground


@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From a profile to sRGB; without lcms' one-pixel cache, so that threads may share it."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return _to_srgb_from(source, mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


@lru_cache(maxsize=1)
def _lab_transform() -> ImageCms.ImageCmsTransform:
    return _to_srgb_from(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")), "LAB")


def _to_srgb_from(source: ImageCms.ImageCmsProfile, mode: str) -> ImageCms.ImageCmsTransform:
    target = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return ImageCms.buildTransform(source, target, mode, "RGB", flags=ImageCms.Flags.NOCACHE)
