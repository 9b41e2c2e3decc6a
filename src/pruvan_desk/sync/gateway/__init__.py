"""The field gateway: phones and Pruvan Online talk to it as they would to an order source."""
