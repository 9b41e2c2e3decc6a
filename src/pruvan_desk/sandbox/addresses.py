"""Places that look like the real thing: streets and positions of small American towns, drawn from a seeded generator."""

import random
from dataclasses import dataclass

METRES_PER_DEGREE = 111_320.0
"""Of latitude; of longitude at the equator."""


@dataclass(frozen=True, slots=True)
class Town:
    """A town with the position of its middle, in degrees."""

    city: str
    state: str
    zip_code: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Address:
    """A property. Position in degrees."""

    address1: str
    address2: str
    town: Town
    latitude: float
    longitude: float


TOWNS = (
    Town("Dayton", "OH", "45405", 39.7922, -84.2131),
    Town("Gary", "IN", "46404", 41.5868, -87.3722),
    Town("Flint", "MI", "48503", 43.0125, -83.6875),
    Town("Macon", "GA", "31204", 32.8459, -83.6766),
    Town("Toledo", "OH", "43605", 41.6459, -83.5016),
    Town("Birmingham", "AL", "35211", 33.4806, -86.8588),
    Town("Killeen", "TX", "76541", 31.1171, -97.7278),
    Town("Lakeland", "FL", "33801", 28.0381, -81.9392),
    Town("Rockford", "IL", "61103", 42.3003, -89.0892),
    Town("Fayetteville", "NC", "28303", 35.0820, -78.9601),
    Town("Trenton", "NJ", "08611", 40.2022, -74.7488),
    Town("Jackson", "MS", "39209", 32.3215, -90.2434),
)
STREETS = (
    "Maple", "Oak Hill", "Cedar Creek", "Washington", "Lincoln", "Elm", "Prairie View", "Lakeshore", "Chestnut",
    "Martin Luther King", "Sycamore", "Old Mill", "Jefferson", "Pine Ridge", "Church", "Sunset", "Rosewood", "Dogwood",
)  # fmt: skip
SUFFIXES = ("St", "Ave", "Dr", "Ln", "Ct", "Rd", "Blvd", "Way")


def make_address(rng: random.Random) -> Address:
    """A property somewhere within about five kilometres of a town's middle."""
    town = rng.choice(TOWNS)
    number = rng.randrange(100, 9900)
    direction = rng.choice(("", "", "", "N ", "S ", "E ", "W "))
    unit = f"Apt {rng.randrange(1, 40)}" if rng.random() < 0.12 else ""
    latitude, longitude = moved(town.latitude, town.longitude, rng, 5_000.0)
    street = f"{number} {direction}{rng.choice(STREETS)} {rng.choice(SUFFIXES)}"
    return Address(street, unit, town, latitude, longitude)


def moved(latitude: float, longitude: float, rng: random.Random, metres: float) -> tuple[float, float]:
    """A position at most about ``metres`` away in each direction, in degrees with six decimals (a tenth of a metre)."""
    reach = metres / METRES_PER_DEGREE
    return (
        round(latitude + rng.uniform(-reach, reach), 6),
        round(longitude + rng.uniform(-reach, reach), 6),
    )
