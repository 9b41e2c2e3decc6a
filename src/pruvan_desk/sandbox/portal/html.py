"""HTML that cannot be wrong: text is escaped unless it was made here."""

from html import escape
from typing import TypeAlias

import nh3

ORDER_TAGS = {"p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "div", "span", "table", "tr", "td", "th"}
"""What the instructions of an order may hold; nothing of it can load, lead or run anything."""
VOID = frozenset({"input", "img", "link", "meta", "br"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: TypeAlias = "str | Markup | None"


def element(name: str, /, *children: Child, **attributes: str | bool | None) -> Markup:
    """One element. Children and attributes are escaped, but for :class:`Markup`.

    ``class_`` stands for ``class``, ``_`` in other names for ``-``; an attribute that is ``True`` has no value, one that
    is ``False`` or ``None`` is left out, and so is a child that is ``None``.
    """
    head = "".join(_attribute(attribute, value) for attribute, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{head}>")
    return Markup(f"<{name}{head}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Markup:
    """Several pieces in a row."""
    return Markup("".join(str(child) if isinstance(child, Markup) else escape(child) for child in children if child))


def foreign(html: str) -> Markup:
    """Formatted text of an order, without anything but its formatting."""
    return Markup(nh3.clean(html, tags=ORDER_TAGS, attributes={}))


def document(title: str, *body: Child) -> Markup:
    """A whole page."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("link", rel="stylesheet", href="/portal/style.css"),
        element("link", rel="icon", href="data:,"),
    )
    return Markup(f"<!doctype html>{element('html', head, element('body', *body), lang='en')}")


def _attribute(name: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    written = name.removesuffix("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{escape(str(value))}"'
