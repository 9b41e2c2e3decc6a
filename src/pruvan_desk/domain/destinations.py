"""Where a published item goes: to the client, into the Downloader's folders, or both. Each has its own outcome."""

from pruvan_desk.domain.statuses import Destination

Destinations = frozenset[Destination]

CLIENT: Destinations = frozenset({Destination.CLIENT})
DOWNLOADER: Destinations = frozenset({Destination.DOWNLOADER})
BOTH: Destinations = CLIENT | DOWNLOADER


def read_destinations(text: str) -> Destinations:
    """The destinations of an item, from the text in its row; a word of another version is passed over."""
    words = set(text.split(","))
    return frozenset(destination for destination in Destination if destination.value in words)


def destinations_text(destinations: Destinations) -> str:
    """The text that a row keeps, always in the same order."""
    return ",".join(destination.value for destination in Destination if destination in destinations)


def destinations_label(destinations: Destinations) -> str:
    """``Client``, ``Downloader`` or ``Both``, as people choose them; empty for none."""
    if destinations == BOTH:
        return "Both"
    return next((destination.label for destination in Destination if destination in destinations), "")


def leading(destinations: Destinations) -> Destination:
    """The one that the item's own state follows: the client where it was chosen, otherwise the Downloader."""
    return Destination.DOWNLOADER if destinations == DOWNLOADER else Destination.CLIENT
