"""Lists in pages: so many at a time, and an address for what comes after."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import request, url_for
from flask_babel import gettext as _

from surveys.errors import UserError

T = TypeVar("T")
MAX_PER_PAGE, USUAL = 200, 50


class ListError(UserError):
    """A page of a list that cannot be given as asked."""

    status = 400


class GoneFromList(ListError):
    """What the page should come after is not in the list, or not any more."""

    status = 404


def page_of(
    items: Sequence[T], key: Callable[[T], str], document: Callable[[T], dict[str, Any]]
) -> dict[str, Any]:
    """`limit` items after the one named by `after`, both from the address.

    `next` is the address of what follows, or null at the end. Raises ListError, GoneFromList.
    """
    limit, start = _limit(request.args.get("limit")), 0
    after = request.args.get("after")
    if after is not None:
        places = {key(item): place for place, item in enumerate(items)}
        if after not in places:
            raise GoneFromList(
                _("There is nothing “%(after)s” in this list now.", after=after[:40])
            )
        start = places[after] + 1
    shown = items[start : start + limit]
    more = start + limit < len(items)
    following = None
    if more:
        asked: dict[str, Any] = {"limit": limit, "lang": request.args.get("lang")}
        following = url_for(str(request.endpoint), after=key(shown[-1]), **asked)
    return {"items": [document(item) for item in shown], "next": following}


def _limit(given: str | None) -> int:
    if given is None:
        return USUAL
    short = given.isascii() and given.isdecimal() and len(given) <= len(str(MAX_PER_PAGE))
    if not short or not 1 <= int(given) <= MAX_PER_PAGE:
        raise ListError(_("limit is a number from 1 to %(most)s.", most=MAX_PER_PAGE))
    return int(given)
