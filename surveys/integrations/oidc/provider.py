"""Sign-in at the organisation's identity provider: OpenID Connect, as Authlib speaks it.

The authorization code flow with PKCE, state and nonce, all three kept in the browser's signed
cookie, so that any machine may take the answer. The provider is asked what it offers when the
first person signs in, not at the start. Loaded only then: Authlib takes its time.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from re import fullmatch
from typing import Any, Final

from authlib.integrations.base_client import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import request
from flask import session as cookie
from flask_babel import gettext as _
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from surveys import clock
from surveys.access.accounts import ADDRESS_PATTERN
from surveys.errors import UserError
from surveys.integrations.oidc.linking import SignInRefused, Visitor, is_safe, secret_of
from surveys.logs import log
from surveys.settings import Settings

NAME: Final = "organisation"
GOAL: Final = "goal_after_provider"
SCOPE: Final = "openid email profile"
WELL_KNOWN: Final = "/.well-known/openid-configuration"
#: seconds that the provider has for each answer
TIMEOUT: Final = 5
#: how long what it says of itself, and its keys, are believed without asking again
FRESH: Final = timedelta(hours=1)
NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OFFERED: Final = ("userinfo_endpoint", "end_session_endpoint")
#: signatures that only the provider can make; "none", or one by our shared secret, is not enough
SIGNATURES: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
MAX_LENGTHS: Final = {"subject": 255, "name": 200, "email": 254}


class ProviderAway(UserError):
    """The provider does not answer."""

    status = 503


class ProviderDistrusted(UserError):
    """The provider's answer is not what it must be."""

    status = 502


class SignInStale(UserError):
    """An answer to a question that this browser did not ask, or asked too long ago."""


class Provider(FlaskOAuth2App):
    """The provider of one installation, with what it said of itself."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            FlaskIntegration(NAME),
            name=NAME,
            client_id=settings.oidc_client,
            client_secret=secret_of(settings),
            client_kwargs={
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT,
                # A token that lives for a minute only is good enough: it is used at once.
                "leeway": 0,
            },
        )
        self.issuer = settings.oidc
        self.asked_at: datetime | None = None

    def load_server_metadata(self) -> dict[str, Any]:
        """What it offers, asked at most once an hour; raises ProviderDistrusted and HTTP errors."""
        now = clock.now()
        if self.asked_at is None or now - self.asked_at > FRESH:
            with self._get_session() as http:
                address = self.issuer.rstrip("/") + WELL_KNOWN
                answer = http.request("GET", address, withhold_token=True)
                answer.raise_for_status()
            self.server_metadata = _checked(answer.json(), self.issuer)
            self.asked_at = now
        offered: dict[str, Any] = self.server_metadata
        return offered


@lru_cache(maxsize=4)
def provider_of(settings: Settings) -> Provider:
    """The provider of these settings; nothing is asked yet."""
    return Provider(settings)


def begin(settings: Settings, goal: str, back: str) -> Response:
    """Send the browser to the provider; it comes to `back`, and in the end goes on to `goal`."""
    provider = provider_of(settings)
    for key in [key for key in cookie if key.startswith("_state_")]:
        cookie.pop(key)  # only the newest counts: a cookie holds four kilobytes
    with _said_plainly():
        offered = provider.load_server_metadata()["scopes_supported"]
        groups = bool(settings.oidc_groups) and settings.oidc_claim in offered
        scope = f"{SCOPE} {settings.oidc_claim}" if groups else SCOPE
        response: Response = provider.authorize_redirect(back, scope=scope)
    cookie[GOAL] = goal
    return response


def finish(settings: Settings) -> tuple[Visitor, str]:
    """Who came back from the provider, and where to go on; raises UserError.

    The state is looked at first: an answer that was not asked for is not even read.
    """
    provider = provider_of(settings)
    if not provider.framework.get_state_data(cookie, request.args.get("state")):
        raise SignInStale(_stale())
    with _said_plainly():
        issuer = provider.load_server_metadata()["issuer"]
        token = provider.authorize_access_token(
            claims_options={
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": settings.oidc_client},
            }
        )
        claims = _completed(provider, settings, token)
        return _visitor(settings, claims), str(cookie.pop(GOAL, "/"))


def way_out(settings: Settings, back: str) -> str:
    """Where to sign out at the provider as well; `back` itself if it offers no such place."""
    provider = provider_of(settings)
    with _said_plainly():
        if "end_session_endpoint" not in provider.load_server_metadata():
            return back
        made = provider.create_logout_url(back, client_id=settings.oidc_client)
        return str(made["url"])


def fault(settings: Settings) -> str | None:
    """Why nobody could sign in there just now, for whoever runs the server; None if all is well."""
    try:
        provider_of(settings).load_server_metadata()
    except RequestException as error:
        return f"{settings.oidc} does not answer ({type(error).__name__})."
    except (ValueError, KeyError, TypeError) as error:
        return f"{settings.oidc} is not the provider of TRIBOMETER_OIDC: {error}."
    return None


def _checked(said: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    """What is needed of what a provider says of itself; raises ValueError if it is not this one."""
    if str(said["issuer"]).rstrip("/") != issuer.rstrip("/"):
        raise ValueError(f"it calls itself {said['issuer']}, TRIBOMETER_OIDC says {issuer}")
    places = {name: said[name] for name in (*NEEDED, *OFFERED) if said.get(name) or name in NEEDED}
    wild = [name for name, place in places.items() if not is_safe(place)]
    if wild:
        raise ValueError(f"its {', '.join(wild)} can be overheard: no https")
    signs = said.get("id_token_signing_alg_values_supported") or SIGNATURES
    knocks = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return {
        **places,
        "issuer": said["issuer"],
        "scopes_supported": said.get("scopes_supported") or [],
        "id_token_signing_alg_values_supported": [alg for alg in SIGNATURES if alg in signs],
        "token_endpoint_auth_method": "client_secret_basic"
        if "client_secret_basic" in knocks
        else "client_secret_post",
    }


def _completed(provider: Provider, settings: Settings, token: dict[str, Any]) -> dict[str, Any]:
    """The checked claims; what they lack is asked for, and must be about the same person."""
    claims: dict[str, Any] | None = token.get("userinfo")
    if claims is None:
        raise ValueError("it sent no ID token")
    wanted = {"email", settings.oidc_verified}
    wanted |= {settings.oidc_claim} if settings.oidc_groups else set()
    if wanted <= claims.keys() or "userinfo_endpoint" not in provider.load_server_metadata():
        return claims
    more = provider.userinfo(token=token)
    if more["sub"] != claims["sub"]:
        raise ValueError("its userinfo is about somebody else")
    return {**more, **claims}


def _visitor(settings: Settings, claims: Mapping[str, Any]) -> Visitor:
    if settings.oidc_groups and settings.oidc_claim in (claims.get("_claim_names") or {}):
        # Entra ID sends no group at all of somebody in more than 200: not the same as none.
        raise SignInRefused(
            _(
                "You are in too many groups for your organisation's sign-in to name them. Whoever "
                "runs it can let it name only those that count here."
            )
        )
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_LENGTHS["subject"]:
        raise ValueError("its subject is no name")
    given = claims.get(settings.oidc_claim) or []
    groups = [given] if isinstance(given, str) else given
    # True, or as some say it "true" or "1"; whatever else it is, nobody has vouched.
    sure = str(claims.get(settings.oidc_verified)).lower() in ("true", "1")
    email = str(claims.get("email", ""))
    good = fullmatch(ADDRESS_PATTERN, email) and len(email) <= MAX_LENGTHS["email"]
    name = "".join(filter(str.isprintable, str(claims.get("name") or email)))
    return Visitor(
        issuer=str(claims["iss"]),
        subject=subject,
        name=name[: MAX_LENGTHS["name"]],
        email=email.lower() if sure and good else None,
        groups=frozenset(map(str, groups)),
    )


@contextmanager
def _said_plainly() -> Iterator[None]:
    """What goes wrong with the provider becomes a sentence; the reason stands in the log."""
    try:
        yield
    except MismatchingStateError as error:
        raise SignInStale(_stale()) from error
    except RequestException as error:
        log.warning("identity provider away", reason=type(error).__name__)
        raise ProviderAway(
            _("Your organisation's sign-in does not answer. Try again in a few minutes.")
        ) from error
    except OAuthError as error:
        log.warning("identity provider refused", reason=str(error)[:200])
        raise SignInRefused(
            _(
                "Your organisation's sign-in did not let you in. Begin again, or ask whoever "
                "runs it."
            )
        ) from error
    except (JoseError, ValueError, KeyError, TypeError) as error:
        log.warning("identity provider not believed", reason=str(error)[:200])
        raise ProviderDistrusted(
            _(
                "What your organisation's sign-in answered cannot be trusted, so nobody was let "
                "in. The log of the server says why."
            )
        ) from error


def _stale() -> str:
    return str(_("This sign-in was begun in another window, or too long ago. Begin again."))
