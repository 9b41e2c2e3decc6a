"""myFAStrack as the sandbox has it: server-rendered pages behind a login, under ``/portal/``.

``site`` answers requests; ``sessions`` knows who is signed in. What is done to an order is a ``deeds``, by the ``rules``,
and kept in ``cases``. ``pages``, ``work_pages`` and ``surveys`` write the HTML out of ``parts`` with ``html``, which escapes
everything that is not markup of our own; ``thumbnails`` makes the small pictures, ``invoice_pdf`` the invoices.
"""

ORDER_PAGE = "/portal/orders/{number}"
"""The path of an order's page, on the sandbox's host."""
LOGIN_PAGE = "/portal/login"
"""The path of the form that opens the portal."""
