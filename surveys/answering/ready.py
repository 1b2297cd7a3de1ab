"""Pages of the form that many open in the same hour: rendered once, filled for each person.

Kept in the process are only pages without anything of a person: what varies is taken out before.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

from flask import current_app

T = TypeVar("T")
#: teams × languages that are kept; a page of the form has some 12 KB
MAX_ENTRIES = 500
PLACE = "tribometer ready pages"


def kept(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gave for this key in this process, the least recently made forgotten first.

    The key must hold everything that the result depends on.
    """
    there: OrderedDict[Hashable, T] = current_app.extensions.setdefault(PLACE, OrderedDict())
    if key not in there:
        there[key] = make()
        if len(there) > MAX_ENTRIES:
            there.popitem(last=False)
    return there[key]


def filled(key: Hashable, varying: Mapping[str, str], render: Callable[[], str]) -> str:
    """The page of a key with the values of this request; `render` makes it the first time.

    `varying` values must stand in the rendered page as they are, and nowhere else by chance:
    tokens, codes. Raises ValueError if one does not.
    """

    def without() -> str:
        page = render()
        for name, value in varying.items():
            if value not in page:
                raise ValueError(f"the page does not hold its {name}")
            page = page.replace(value, _mark(name))
        return page

    page = kept(key, without)
    for name, value in varying.items():
        page = page.replace(_mark(name), value)
    return page


def _mark(name: str) -> str:
    return f"\x00{name}\x00"
