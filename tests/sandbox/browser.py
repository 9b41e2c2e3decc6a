"""A browser without a screen: keeps cookies, follows redirects, fills in forms."""

import re
from html import unescape
from typing import Any

import httpx

from pruvan_desk.sandbox.server import FastrackSandbox


class Browser:
    """What the vendor has the portal open in."""

    def __init__(self, sandbox: FastrackSandbox) -> None:
        self.sandbox = sandbox
        self.client = httpx.Client(
            base_url=sandbox.origin, follow_redirects=True, trust_env=False, timeout=20, verify=False
        )

    def get(self, path: str = "/portal/") -> httpx.Response:
        return self.client.get(path)

    def submit(
        self, page: httpx.Response, action: str, /, files: dict[str, Any] | None = None, **fields: Any
    ) -> httpx.Response:
        """Submits the form of a page that leads to ``action``."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page.text)
        assert form, f"no form leads to {action}"
        hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', form[0])
        kept = {name: unescape(value) for name, value in hidden}
        return self.client.post(action, data={**kept, **fields}, files=files)

    def do(
        self, order: str, page: str, action: str, /, files: dict[str, Any] | None = None, **fields: Any
    ) -> httpx.Response:
        """Opens a page of an order, and sends its form for a deed."""
        path = f"/portal/orders/{order}"
        opened = self.get(f"{path}/{page}" if page else path)
        return self.submit(opened, f"{path}/{action}", files, **fields)

    def sign_in(self, password: str | None = None, path: str = "/portal/") -> httpx.Response:
        login = self.sandbox.credentials
        fields = {"username": login.username, "password": password or login.password}
        return self.submit(self.get(path), "/portal/login", **fields)
