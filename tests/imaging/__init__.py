"""Pictures: what is read of them, shown of them and sent of them."""
