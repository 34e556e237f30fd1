"""The compiler of Motet, and the `motet` command."""

__version__ = "0.1.0"
