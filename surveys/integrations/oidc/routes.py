"""To the organisation's own sign-in, and back from there."""

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from surveys.access import entering
from surveys.access.policy import ANYBODY, policy
from surveys.database import write_session
from surveys.integrations.oidc import linking
from surveys.settings import Settings
from surveys.web import installation

blueprint = Blueprint("identity", __name__, url_prefix="/sign-in/organisation")
BLUEPRINTS = (blueprint,)


@blueprint.get("")
@policy(ANYBODY)
def begin() -> Response:
    """Go to the provider. A link, not a form: our pages let no form lead to another site."""
    settings = _settings()
    from surveys.integrations.oidc import provider

    goal = entering.same_site(request.args)
    return provider.begin(settings, goal, settings.base_url + url_for("identity.back"))


@blueprint.get("/back")
@policy(ANYBODY)
def back() -> Response:
    """Come back and be let in: the one GET that writes, as the protocol wants it.

    What keeps other sites from sending a browser here is the state in its cookie.
    """
    settings = _settings()
    from surveys.integrations.oidc import provider

    visitor, goal = provider.finish(settings)
    with write_session(installation().sessions) as session:
        account = linking.admit(session, linking.rules_of(settings), visitor)
        if account.grants:
            return entering.start_session(session, settings, account, goal, entering.BY_PROVIDER)
    raise linking.SignInRefused(
        _("You have no role here any more. Ask HR, or whoever runs your organisation's sign-in.")
    )


@blueprint.get("/out")
@policy(ANYBODY)
def out() -> Response:
    """Sign out at the provider, too."""
    settings = _settings()
    from surveys.integrations.oidc import provider

    return redirect(provider.way_out(settings, settings.base_url + url_for("access.sign_in")))


def _settings() -> Settings:
    settings = installation().settings
    if not settings.oidc:
        abort(404)
    return settings
