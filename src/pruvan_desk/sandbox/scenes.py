"""What a crew photographs, drawn simply: each scene shows its task and whether the work has been done."""

import random
from collections.abc import Callable

from PIL import Image, ImageDraw

from pruvan_desk.sandbox.textures import Color, gradient, grass

SIZE = (1600, 1200)
"""Pixels of an upright scene."""
HORIZON = 690

WALLS: tuple[Color, ...] = (
    (196, 178, 150), (176, 190, 200), (214, 208, 190), (170, 90, 74), (150, 168, 140), (222, 214, 160), (140, 150, 176),
)  # fmt: skip
ROOFS: tuple[Color, ...] = ((92, 78, 72), (70, 74, 84), (120, 66, 54), (84, 92, 80))
SKIES: tuple[tuple[Color, Color], ...] = (
    ((96, 150, 214), (204, 222, 228)), ((140, 160, 180), (206, 210, 212)), ((84, 124, 190), (228, 206, 178)),
)  # fmt: skip
WOOD, DARK, STEEL, BRASS, PAPER = (126, 88, 58), (46, 44, 46), (168, 172, 178), (202, 168, 84), (226, 224, 214)
Scene = Callable[[Image.Image, random.Random, str], None]


def draw_scene(task: str, evidence_type: str, property_seed: str, rng: random.Random) -> Image.Image:
    """An RGB picture of :data:`SIZE`. ``property_seed`` decides what stays the same at one property, ``rng`` the rest."""
    image = Image.new("RGB", SIZE, (120, 130, 120))
    _scene_for(task, evidence_type)(image, random.Random(property_seed), evidence_type)  # noqa: S311 - a picture
    image = _seen_from(image, rng)
    _move_about(image, rng)
    return image


def _scene_for(task: str, evidence_type: str) -> Scene:
    words = f"{task} {evidence_type}".lower()
    for keys, scene in SCENES:
        if any(key in words for key in keys):
            return scene
    return _frontage


def _yard(image: Image.Image, rng: random.Random, *, tall: bool = False, mown: bool = False) -> None:
    """Sky, house and lawn: what every outdoor scene stands on."""
    sky_top, sky_bottom = rng.choice(SKIES)
    image.paste(gradient((SIZE[0], HORIZON), sky_top, sky_bottom), (0, 0))
    lawn = grass((SIZE[0], SIZE[1] - HORIZON), rng, (34, 62, 22), (150, 176, 78), tall=tall)
    image.paste(lawn, (0, HORIZON))
    if mown:
        _stripes(image)
    _house(image, rng)


def _stripes(image: Image.Image) -> None:
    """Where the mower went up and down."""
    mask = Image.new("L", (SIZE[0], SIZE[1] - HORIZON), 0)
    draw = ImageDraw.Draw(mask)
    for n in range(-12, 13, 2):
        draw.polygon([(800 + n * 60, 0), (860 + n * 60, 0), (960 + n * 240, 510), (720 + n * 240, 510)], fill=70)
    image.paste((196, 214, 120), (0, HORIZON), mask)


def _house(image: Image.Image, rng: random.Random) -> None:
    draw = ImageDraw.Draw(image)
    wall, roof, left = rng.choice(WALLS), rng.choice(ROOFS), rng.randrange(180, 480)
    right, top, bottom = left + rng.randrange(640, 860), 360, HORIZON + 30
    draw.rectangle((left, top, right, bottom), fill=wall)
    for y in range(top, bottom, 22):
        draw.line((left, y, right, y), fill=_shade(wall, 0.9), width=2)
    middle = (left + right) // 2
    draw.polygon([(left - 60, top), (right + 60, top), (middle, top - rng.randrange(140, 240))], fill=roof)
    for x in (left + 70, right - 190):
        draw.rectangle((x, top + 70, x + 120, top + 200), fill=(88, 108, 128), outline=PAPER, width=8)
        draw.line((x + 60, top + 70, x + 60, top + 200), fill=PAPER, width=6)
    draw.rectangle(
        (middle - 55, bottom - 210, middle + 55, bottom), fill=rng.choice(((110, 40, 36), WOOD, (44, 66, 92)))
    )
    path = [(middle - 60, bottom), (middle + 60, bottom), (middle + 190, SIZE[1]), (middle - 190, SIZE[1])]
    draw.polygon(path, fill=(176, 172, 166))


def _lawn(image: Image.Image, rng: random.Random, evidence_type: str) -> None:
    """Knee-high before, half of it cut during, mowing stripes after."""
    before = evidence_type == "before"
    _yard(image, rng, tall=before, mown=not before)
    if before:
        blades = grass((SIZE[0], 260), rng, (40, 66, 20), (176, 186, 84), tall=True)
        image.paste(blades, (0, SIZE[1] - 260))
        return
    if evidence_type == "during":
        uncut = grass((760, 420), rng, (34, 62, 22), (170, 182, 80), tall=True)
        image.paste(uncut, (840, SIZE[1] - 420))
        _mower(ImageDraw.Draw(image), 700, 930)


def _mower(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    draw.line((x + 30, y, x - 130, y - 210), fill=DARK, width=14)
    draw.rounded_rectangle((x, y - 40, x + 220, y + 50), 24, fill=(184, 44, 36))
    draw.rectangle((x + 70, y - 90, x + 160, y - 40), fill=(60, 60, 62))
    for wheel in (x + 10, x + 160):
        draw.ellipse((wheel, y + 15, wheel + 66, y + 81), fill=(30, 30, 30), outline=STEEL, width=8)


def _door_lock(image: Image.Image, rng: random.Random, evidence_type: str) -> None:
    """A close-up: rusty knob before, an open bore during, a new knob and deadbolt after."""
    door = rng.choice((WOOD, (96, 34, 32), (40, 62, 88), (72, 92, 70)))
    image.paste(gradient(SIZE, door, _shade(door, 0.75)), (0, 0))
    draw = ImageDraw.Draw(image)
    for x in (90, 1010):
        draw.rectangle((x, 90, x + 500, 1110), outline=_shade(door, 0.6), width=16)
    draw.rectangle((720, 0, 760, 1200), fill=_shade(door, 0.4))
    if evidence_type == "during":
        for y in (420, 760):
            draw.ellipse((820, y, 980, y + 160), fill=(24, 20, 18), outline=_shade(door, 1.2), width=10)
        draw.rectangle((640, 1040, 1240, 1080), fill=(220, 150, 40))
        return
    metal = (118, 82, 56) if evidence_type == "before" else BRASS
    draw.ellipse((790, 640, 1030, 880), fill=_shade(metal, 0.8), outline=_shade(metal, 0.6), width=10)
    draw.ellipse((840, 690, 980, 830), fill=metal)
    if evidence_type != "before":
        draw.ellipse((830, 360, 990, 520), fill=BRASS, outline=_shade(BRASS, 0.6), width=10)
        draw.rectangle((900, 400, 920, 480), fill=DARK)
        draw.rounded_rectangle((1120, 560, 1300, 840), 20, fill=(60, 62, 66))
        draw.rectangle((1150, 620, 1270, 700), fill=STEEL)


def _pipes(image: Image.Image, rng: random.Random, evidence_type: str) -> None:
    """A basement: dripping pipes before, a pressure gauge during, the notice after."""
    wall = rng.choice(((150, 146, 138), (132, 138, 142), (160, 150, 128)))
    image.paste(gradient(SIZE, wall, _shade(wall, 0.6)), (0, 0))
    draw = ImageDraw.Draw(image)
    for row, y in enumerate(range(0, 1200, 110)):
        draw.line((0, y, 1600, y), fill=_shade(wall, 0.8), width=5)
        for x in range(110 * (row % 2), 1600, 220):
            draw.line((x, y, x, y + 110), fill=_shade(wall, 0.8), width=5)
    copper = (176, 104, 66)
    for y in (210, 360):
        draw.rectangle((0, y, 1600, y + 54), fill=copper)
        draw.rectangle((0, y + 8, 1600, y + 18), fill=_shade(copper, 1.25))
    draw.rectangle((1240, 210, 1300, 1200), fill=copper)
    if evidence_type == "before":
        draw.polygon([(600, 420), (640, 420), (660, 1200), (580, 1200)], fill=(120, 160, 190))
        draw.ellipse((380, 1060, 900, 1190), fill=(104, 140, 168))
    elif evidence_type == "during":
        draw.ellipse((520, 480, 960, 920), fill=PAPER, outline=DARK, width=18)
        draw.line((740, 700, 880, 560), fill=(190, 30, 30), width=14)
    else:
        _notice(draw, (480, 440, 1120, 1100))


def _notice(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    draw.rectangle(box, fill=PAPER, outline=(180, 30, 30), width=14)
    draw.rectangle((left + 40, top + 50, right - 40, top + 170), fill=(180, 30, 30))
    for y in range(top + 230, bottom - 60, 60):
        draw.rectangle((left + 60, y, right - 60 - (y % 7) * 24, y + 18), fill=(90, 90, 94))


def _debris(image: Image.Image, rng: random.Random, evidence_type: str) -> None:
    """Piles before, half of them and a trailer during, a clean yard after."""
    _yard(image, rng)
    draw = ImageDraw.Draw(image)
    colors: tuple[Color, ...] = (
        (92, 70, 50),
        (60, 62, 66),
        (150, 140, 120),
        (120, 40, 36),
        (40, 70, 110),
        (200, 196, 180),
    )
    pieces = {"before": 130, "during": 55}.get(evidence_type, 0)
    for _ in range(pieces):
        x, y = int(rng.gauss(560, 210)), int(1060 - abs(rng.gauss(0, 110)))
        size = rng.randrange(30, 130)
        tilt = rng.randrange(-30, 31)
        corners = [(x, y), (x + size, y + tilt), (x + size - tilt, y + size // 2), (x - tilt, y + size // 2)]
        draw.polygon(corners, fill=rng.choice(colors), outline=DARK)
    if evidence_type == "during":
        draw.rectangle((1020, 780, 1540, 980), fill=(56, 84, 60), outline=DARK, width=8)
        for x in (1110, 1330):
            draw.ellipse((x, 930, x + 110, 1040), fill=(30, 30, 30), outline=STEEL, width=10)


def _roof_damage(image: Image.Image, rng: random.Random, _evidence_type: str) -> None:
    """Shingles with a hole in them, and a tape measure."""
    roof = rng.choice(ROOFS)
    image.paste(gradient(SIZE, _shade(roof, 1.4), roof), (0, 0))
    draw = ImageDraw.Draw(image)
    for row, y in enumerate(range(0, 1200, 80)):
        draw.line((0, y, 1600, y), fill=_shade(roof, 0.6), width=6)
        for x in range(60 * (row % 2), 1600, 120):
            draw.line((x, y, x, y + 80), fill=_shade(roof, 0.7), width=4)
    middle = (rng.randrange(600, 1000), rng.randrange(450, 700))
    hole = [(middle[0] + int(rng.gauss(dx, 40)), middle[1] + int(rng.gauss(dy, 40))) for dx, dy in RING]
    draw.polygon(hole, fill=(26, 22, 20), outline=WOOD, width=14)
    draw.rectangle((300, middle[1] + 260, 1300, middle[1] + 300), fill=(220, 186, 40))
    for x in range(300, 1300, 40):
        draw.line((x, middle[1] + 260, x, middle[1] + (284 if x % 80 else 298)), fill=DARK, width=4)


RING = ((-240, 0), (-160, -140), (0, -190), (170, -130), (250, 10), (160, 150), (0, 190), (-170, 130))


def _frontage(image: Image.Image, rng: random.Random, evidence_type: str) -> None:
    """The house from the street, with its mailbox; a sign when somebody checked in."""
    _yard(image, rng)
    draw = ImageDraw.Draw(image)
    draw.rectangle((1380, 800, 1404, 1080), fill=WOOD)
    draw.rounded_rectangle((1320, 700, 1470, 810), 40, fill=(60, 66, 80))
    draw.rectangle((0, 1110, 1600, 1200), fill=(108, 108, 110))
    if evidence_type in ("check in", "survey"):
        draw.rectangle((150, 760, 480, 980), fill=PAPER, outline=(30, 80, 140), width=14)
        draw.rectangle((200, 810, 430, 850), fill=(30, 80, 140))
        draw.rectangle((306, 980, 326, 1120), fill=WOOD)


SCENES: tuple[tuple[tuple[str, ...], Scene], ...] = (
    (("roof", "damage", "bid"), _roof_damage),
    (("lock", "secure"), _door_lock),
    (("winter", "plumb", "pipe"), _pipes),
    (("debris", "trash"), _debris),
    (("grass", "lawn", "shrub", "yard", "mow"), _lawn),
)
"""By words in the task's name; the first that fits. Anything else is a house from the street."""


def _seen_from(image: Image.Image, rng: random.Random) -> Image.Image:
    """The scene from some steps nearer, up to almost half of it cut away, to one side: as different as photos of one place are."""
    width, height = SIZE
    part = rng.uniform(0.55, 1.0)
    left, top = rng.uniform(0, width * (1 - part)), rng.uniform(0, height * (1 - part))
    return image.resize(SIZE, Image.Resampling.NEAREST, (left, top, left + width * part, top + height * part))


def _move_about(image: Image.Image, rng: random.Random) -> None:
    """A finger's shadow, a leaf, a glint: no two photos of one thing are the same."""
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randrange(3, 9)):
        x, y, size = rng.randrange(1600), rng.randrange(150, 1040), rng.randrange(6, 26)
        draw.ellipse((x, y, x + size, y + size // 2), fill=rng.choice(((120, 90, 40), (86, 110, 50), (160, 140, 90))))


def _shade(color: Color, factor: float) -> Color:
    red, green, blue = (min(228, int(part * factor)) for part in color)
    return red, green, blue
