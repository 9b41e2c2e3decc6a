"""myFAStrack as the sandbox has it: server-rendered pages behind a login, under ``/portal/``.

``site`` answers requests; ``sessions`` knows who is signed in; ``pages`` writes the HTML with ``html``, which escapes
everything that is not markup of our own; ``thumbnails`` makes the small pictures.
"""

ORDER_PAGE = "/portal/orders/{number}"
"""The path of an order's page, on the sandbox's host."""
