"""What a file holds, told by its first bytes and never by its name.

File signatures: the formats' own specifications; the ``ftyp`` brands: ISO/IEC 14496-12, 23008-12 and the AV1 image format.
"""

from pathlib import PurePath

HEADER_BYTES = 64
"""How much of a file's beginning :func:`sniff` wants, in bytes."""

IMAGES = frozenset({"JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "HEIC", "AVIF"})
"""The formats that Desk can show."""

VANISHED = "The file is gone from the disk. Bring it back from a backup of the data folder."
"""What is said of an item whose original is not there."""

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x1aE\xdf\xa3", "MKV"),
)
_RIFF = {b"WEBP": "WEBP", b"AVI ": "AVI"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}

_EXTENSIONS = {
    "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo"},
    "PNG": {".png", ".apng"},
    "GIF": {".gif"},
    "WEBP": {".webp"},
    "TIFF": {".tif", ".tiff", ".dng"},
    "BMP": {".bmp", ".dib"},
    "HEIC": {".heic", ".heif", ".heics", ".heifs", ".hif"},
    "AVIF": {".avif", ".avifs"},
    "PDF": {".pdf"},
    "MP4": {".mp4", ".m4v", ".m4a"},
    "MOV": {".mov", ".qt"},
    "3GP": {".3gp", ".3g2"},
    "AVI": {".avi"},
    "MKV": {".mkv", ".webm"},
    "ZIP": {".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods"},
}
_FORMAT_OF = {extension: name for name, extensions in _EXTENSIONS.items() for extension in extensions}
_VIDEO_FAMILY = {"MP4", "MOV", "3GP"}
"""One container under three names: a phone's ``.mp4`` that calls itself QuickTime is nothing to warn of."""

_VIDEOS = _VIDEO_FAMILY | {"AVI", "MKV"}

_NOUNS = {"PDF": "a PDF document", "ZIP": "a ZIP archive"}


def sniff(header: bytes) -> str | None:
    """The format's name (``JPEG``, ``HEIC``, ``PDF``, ``MP4`` …) by a file's first bytes, or None when it is none we know."""
    for signature, name in _SIGNATURES:
        if header.startswith(signature):
            return name
    if header[:4] == b"RIFF":
        return _RIFF.get(header[8:12])
    if header[4:8] == b"ftyp":
        return _by_brands(header)
    return None


def _by_brands(header: bytes) -> str:
    """Which of the ISO base media formats: the ``ftyp`` box lists a main brand and compatible ones, 4 bytes each."""
    end = min(int.from_bytes(header[:4], "big"), len(header))
    major = header[8:12]
    brands = {major} | {header[at : at + 4] for at in range(16, end - 3, 4)}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if brands & _HEIC_BRANDS or major in {b"mif1", b"msf1"}:
        return "HEIC"
    if major == b"qt  ":
        return "MOV"
    return "3GP" if major[:2] == b"3g" else "MP4"


def describe(format_name: str) -> str:
    """The format in words, with its article: ``a JPEG image``, ``an MP4 video``."""
    if format_name in _NOUNS:
        return _NOUNS[format_name]
    article = "an" if format_name[0] in "AM" else "a"
    return f"{article} {format_name} {'image' if format_name in IMAGES else 'video'}"


def is_video(format_name: str) -> bool:
    """Whether a format holds moving pictures."""
    return format_name in _VIDEOS


def mislabelled(name: str, format_name: str) -> bool:
    """Whether a file name's extension promises another known format; an unknown extension promises nothing."""
    promised = _FORMAT_OF.get(PurePath(name).suffix.lower())
    if promised is None or promised == format_name:
        return False
    return not {promised, format_name} <= _VIDEO_FAMILY


def usual_extension(format_name: str | None) -> str | None:
    """The extension that a picture of this format is given, without a dot; None for what is no picture."""
    usual = {"JPEG": "jpg", "TIFF": "tif"}
    return usual.get(format_name, format_name.lower()) if format_name in IMAGES and format_name else None


def promises_image(name: str) -> bool:
    """Whether a file name says that the file is a picture."""
    return _FORMAT_OF.get(PurePath(name).suffix.lower()) in IMAGES
