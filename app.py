"""Entry point: `create_app(settings)` for servers and `main()` for the `tribometer` command."""

from surveys.commands import main

__all__ = ["main"]
