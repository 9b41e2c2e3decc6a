"""What travels on every call to say who is calling."""

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """User name, password and security token of one integration or crew. Never printed."""

    username: str
    password: str = field(repr=False)
    token: str = field(repr=False)

    def payload(self) -> dict[str, str]:
        """As sent: the password as lower-case hex SHA-1, which is as good as the password and as secret."""
        digest = hashlib.sha1(self.password.encode(), usedforsecurity=False).hexdigest()
        return {"username": self.username, "password": digest, "token": self.token}
