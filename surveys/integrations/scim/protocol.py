"""A SCIM request answered: the library speaks the protocol, the directory is its store."""

from functools import cache

from flask_babel import gettext as _
from scim2_models import ConflictException, SCIMException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService
from sqlalchemy.exc import IntegrityError

from surveys.access import audit
from surveys.database import write_session
from surveys.directory import provisioning
from surveys.directory.provisioning import HeldBack
from surveys.integrations.scim.documents import description
from surveys.integrations.scim.storage import DirectoryStorage
from surveys.web import Installation


@cache
def service(by_department: bool) -> ScimService:
    """The protocol; it keeps nothing from one request to the next."""
    return ScimService(description(by_department))


def respond(installed: Installation, actor: str, asked: ScimRequest) -> ScimResponse:
    """Answer one request; what it changes is one transaction, all or nothing.

    Raises HeldBack, after it was noted for HR.
    """
    by_department = installed.settings.scim_teams == "department"
    protocol = service(by_department)
    try:
        if asked.method == "GET" or asked.path.endswith("/.search"):
            with installed.sessions() as session:
                store = DirectoryStorage(session, actor, by_department)
                return ScimHandler(protocol, store).handle(asked)
        with write_session(installed.sessions) as session:
            audit.wait_turn(session)
            store = DirectoryStorage(session, actor, by_department)
            return ScimHandler(protocol, store).handle(asked)
    except SCIMException as problem:
        return protocol.error_response(problem)
    except IntegrityError:
        # A file was imported at the same moment.
        again = _("The directory changed meanwhile. Please send it again.")
        return protocol.error_response(ConflictException(detail=again))
    except HeldBack as refused:
        with write_session(installed.sessions) as session:
            provisioning.hold(session, actor, refused)
        raise
