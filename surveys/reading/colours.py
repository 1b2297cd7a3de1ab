"""The light palette, for what reads no style sheet: PNG and PDF charts, slides, mails.

Pages take the same colours, and the dark ones, from static/css/tokens.css; a test holds the two
together.
"""

import re

LIGHT = {
    "paper": "#f6f3ec",
    "card": "#fffdf8",
    "ink": "#23262b",
    "quiet": "#5d6168",
    "line": "#d9d3c6",
    "accent": "#1d5c58",
    "accent-ink": "#ffffff",
    "bad": "#9c2f2a",
    "good": "#2c6e3f",
    "side-a": "#1d6a8c",
    "side-b": "#a54a24",
}
#: the two sides of a pair, told apart by shape as well
SIDES = (LIGHT["side-a"], LIGHT["side-b"])


def coloured(style: str) -> str:
    """A style sheet with the light colours in place of its variables, for renderers without any.

    Raises KeyError for a variable that is no colour of the palette.
    """
    return re.sub(r"var\(--([^)]+)\)", lambda found: LIGHT[found[1]], style)
