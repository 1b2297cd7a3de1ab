"""Sign-in by an identity provider: what is not believed, what groups give, settings, passwords."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from surveys.access import accounts
from surveys.access.accounts import queue_account_mail
from surveys.access.viewer import COOKIE
from surveys.database import ROOT, write_session
from surveys.errors import SettingsError
from surveys.integrations.oidc import linking, provider
from surveys.integrations.oidc.linking import Rule, SignInRefused, Visitor
from surveys.models.people import Account, Identity, Team
from surveys.operating import starting
from surveys.operating.doctor import examine
from surveys.operating.finding import ADVICE, FAULT, GOOD
from surveys.sending.outbox import deliver_due
from surveys.settings import Settings
from surveys.web import Installation
from tests.factories import PASSWORD, account
from tests.surveys.integrations.oidc import evil_provider
from tests.surveys.integrations.oidc.evil_provider import CLIENT, OTHER, SECRET, EvilProvider

Lie = Callable[[EvilProvider], None]
HR = (Rule("people", "hr", None),)


@pytest.fixture(scope="module")
def server() -> Iterator[EvilProvider]:
    with evil_provider.running() as evil:
        yield evil


@pytest.fixture
def evil(server: EvilProvider) -> EvilProvider:
    """The provider, honest again."""
    server.__init__(int(server.issuer.rpartition(":")[2]))  # type: ignore[misc]
    provider.provider_of.cache_clear()
    return server


def with_provider(installed: Installation, issuer: str, **more: str) -> FlaskClient:
    """A browser at an installation that knows the provider; Ada has an account there."""
    with write_session(installed.sessions) as session:
        ada = accounts.add_account(session, "ada@example.org", "Ada")
        accounts.grant(session, ada, "hr")
    settings = replace(
        installed.settings, oidc=issuer, oidc_client=CLIENT, oidc_secret=SECRET, **more
    )
    return create_app(settings).test_client()


def no_change(evil: EvilProvider) -> None:
    """Honest."""


def claim(name: str, value: object) -> Lie:
    """Say something in the token, or nothing for None."""

    def lie(evil: EvilProvider) -> None:
        evil.claims[name] = value
        if value is None:
            del evil.claims[name]

    return lie


def another_key(evil: EvilProvider) -> None:
    evil.key = OTHER


def no_signature(evil: EvilProvider) -> None:
    evil.algorithm = "none"


def signed_by_the_shared_secret(evil: EvilProvider) -> None:
    evil.algorithm, evil.key = "HS256", evil_provider.shared_secret()


def for_another_but_asked_by_us(evil: EvilProvider) -> None:
    evil.claims |= {"aud": "another", "azp": CLIENT}


def no_token(evil: EvilProvider) -> None:
    evil.sends_token = False


def userinfo_of_another(evil: EvilProvider) -> None:
    del evil.claims["email"]
    evil.userinfo = {"sub": "s-2", "email": "ada@example.org"}


def another_name(evil: EvilProvider) -> None:
    evil.metadata["issuer"] = "https://another.example"


def an_open_line(evil: EvilProvider) -> None:
    evil.metadata["token_endpoint"] = "http://another.example/token"


def nonsense(evil: EvilProvider) -> None:
    evil.metadata = ["nothing"]


@pytest.mark.parametrize(
    "lie",
    [
        another_key, no_signature, signed_by_the_shared_secret, for_another_but_asked_by_us,
        no_token, userinfo_of_another, another_name, an_open_line, nonsense,
        claim("aud", "another"), claim("iss", "https://another.example"), claim("iss", None),
        claim("nonce", "another"), claim("exp", 1_000_000_000), claim("exp", None),
        claim("sub", None), claim("sub", ""), claim("sub", "x" * 256), claim("sub", 7),
    ],
)  # fmt: skip
def test_a_lie_is_not_believed(installed: Installation, evil: EvilProvider, lie: Lie) -> None:
    browser = with_provider(installed, evil.issuer)
    lie(evil)
    done = evil.sign_in(browser)
    assert done.status_code == 502
    assert "cannot be trusted" in done.text
    assert browser.get_cookie(COOKIE) is None


@pytest.mark.parametrize("tell", [no_change, claim("email_verified", "true")])
def test_the_same_provider_is_believed_when_it_does_not_lie(
    installed: Installation, evil: EvilProvider, tell: Lie
) -> None:
    browser = with_provider(installed, evil.issuer)
    with write_session(installed.sessions) as session:
        # The second factor here belongs to the password: the provider has its own.
        session.scalars(select(Account)).one().totp_secret = "any"
    tell(evil)
    assert evil.sign_in(browser).location == "/"
    assert browser.get("/pairs").status_code == 200


def test_another_machine_takes_the_answer(installed: Installation, evil: EvilProvider) -> None:
    first = with_provider(installed, evil.issuer)
    state = evil.asked(first)["state"]
    second = create_app(first.application.extensions["tribometer"].settings).test_client()
    cookie = first.get_cookie("tribometer")
    assert cookie is not None
    second.set_cookie("tribometer", cookie.value)
    provider.provider_of.cache_clear()
    assert evil.back(second, state).location == "/"


def test_the_doctor_says_what_is_wrong_with_it(installed: Installation, evil: EvilProvider) -> None:
    more = {"oidc_groups": "people=hr; buyers=manager:Buying"}
    browser = with_provider(installed, evil.issuer, **more)
    settings = browser.application.extensions["tribometer"].settings

    def findings(**changed: str) -> list[tuple[str, str]]:
        seen = examine(replace(settings, **changed))
        return [(one.state, one.says) for one in seen if one.about == "sign-in"]

    assert [state for state, _says in findings()] == [GOOD, ADVICE]
    assert "Buying" in findings()[1][1]
    assert findings(oidc=f"{evil.issuer}/other")[0][0] == FAULT
    assert "ConnectionError" in findings(oidc="http://127.0.0.1:9")[0][1]
    assert findings(oidc_client="") == [(FAULT, findings(oidc_client="")[0][1])]


def test_what_the_token_lacks_is_asked_for(installed: Installation, evil: EvilProvider) -> None:
    browser = with_provider(installed, evil.issuer)
    evil.userinfo |= {"email": evil.claims.pop("email"), "email_verified": True}
    assert evil.sign_in(browser).location == "/"


@pytest.mark.parametrize("said", [None, False, "false", 0, "yes"])
def test_an_address_that_nobody_vouches_for_opens_nothing(
    installed: Installation, evil: EvilProvider, said: object
) -> None:
    browser = with_provider(installed, evil.issuer)
    claim("email_verified", said)(evil)
    done = evil.sign_in(browser)
    assert done.status_code == 403
    assert "is confirmed" in done.text


def test_another_claim_may_vouch_and_look_alike_letters_are_no_address(
    installed: Installation, evil: EvilProvider
) -> None:
    browser = with_provider(installed, evil.issuer, oidc_verified="xms_edov")
    assert evil.sign_in(browser).status_code == 403
    evil.claims |= {"xms_edov": "1", "email": "mark@example.org".replace("k", "\u212a")}
    del evil.claims["nonce"]
    assert evil.sign_in(browser).status_code == 403
    evil.claims["email"] = "Ada@Example.ORG"
    del evil.claims["nonce"]
    assert evil.sign_in(browser).status_code == 302


def test_groups_that_are_too_many_to_be_named_are_not_taken_for_none(
    installed: Installation, evil: EvilProvider
) -> None:
    browser = with_provider(installed, evil.issuer, oidc_groups="people=hr")
    evil.claims |= {"groups": "people"}
    assert evil.sign_in(browser).status_code == 302
    del evil.claims["groups"], evil.claims["nonce"]
    evil.claims["_claim_names"] = {"groups": "src1"}
    done = evil.sign_in(browser)
    assert (done.status_code, "too many groups" in done.text) == (403, True)
    with installed.sessions() as session:
        ada = accounts.find_account(session, "ada@example.org")
        assert ada is not None
        assert [grant.role for grant in ada.grants] == ["hr"]


def test_a_provider_that_is_slow_is_not_waited_for(
    installed: Installation, evil: EvilProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "TIMEOUT", 0.1)
    browser = with_provider(installed, evil.issuer)
    evil.waits = 0.4
    done = evil.sign_in(browser)
    assert (done.status_code, "does not answer" in done.text) == (503, True)


def visitor(*groups: str, subject: str = "s-1", email: str | None = "ada@example.org") -> Visitor:
    return Visitor("https://idp.example", subject, "Ada", email, frozenset(groups))


def test_groups_decide_their_own_roles_and_leave_all_others_alone(either: Installation) -> None:
    with write_session(either.sessions) as session:
        session.add_all([Team(name="Buying"), Team(name="Selling")])
        session.flush()
        teams = {team.name: team.id for team in session.scalars(select(Team))}
    ada = account(either, "ada@example.org", "manager", teams["Selling"])
    rules = (*HR, Rule("buyers", "manager", "buying"), Rule("nobody", "manager", "No such team"))

    def roles(*groups: str) -> set[tuple[str, int | None]]:
        with write_session(either.sessions) as session:
            found = linking.admit(session, rules, visitor(*groups))
            assert found.id == ada.id
            return {(grant.role, grant.team_id) for grant in found.grants}

    selling, buying = ("manager", teams["Selling"]), ("manager", teams["Buying"])
    assert roles("people", "buyers", "others") == {selling, buying, ("hr", None)}
    assert roles("buyers") == {selling, buying}
    assert roles() == {selling}


def test_a_link_holds_for_one_person_and_ends_with_the_access(either: Installation) -> None:
    account(either, "ada@example.org", "hr")
    with write_session(either.sessions) as session:
        linking.admit(session, (), visitor())
    with (
        write_session(either.sessions) as session,
        pytest.raises(SignInRefused, match="somebody else"),
    ):
        linking.admit(session, (), visitor(subject="s-2"))
    with write_session(either.sessions) as session:
        found = linking.admit(session, (), visitor(email=None))
        accounts.revoke(session, found)
        assert session.scalars(select(Identity)).all() == []
    with write_session(either.sessions) as session, pytest.raises(SignInRefused, match="no access"):
        linking.admit(session, (), visitor(subject="s-2"))


def test_who_never_came_in_this_way_loses_nothing_by_trying(either: Installation) -> None:
    account(either, "ada@example.org", "hr")
    with pytest.raises(SignInRefused), write_session(either.sessions) as session:
        linking.admit(session, HR, visitor())
    with pytest.raises(SignInRefused), write_session(either.sessions) as session:
        linking.admit(session, HR, visitor(subject="s-3", email="new@example.org"))
    with either.sessions() as session:
        (only,) = session.scalars(select(Account)).unique().all()
        assert [grant.role for grant in only.grants] == ["hr"]


def test_rules_are_read_as_people_write_them(settings: Settings) -> None:
    text = " a b=hr ;cn=x,ou=y = manager : Legal, Risk;ops=admin;"
    assert linking.rules_of(replace(settings, oidc_groups=text)) == (
        Rule("a b", "hr", None),
        Rule("cn=x,ou=y", "manager", "Legal, Risk"),
        Rule("ops", "admin", None),
    )


RIGHT = {"oidc": "https://idp.example", "oidc_client": CLIENT, "oidc_secret": SECRET}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"oidc": "http://idp.example"}, "begins with https://"),
        ({"oidc": "idp.example"}, "begins with https://"),
        ({"oidc_client": ""}, "TRIBOMETER_OIDC_CLIENT"),
        ({"oidc_secret": ""}, "TRIBOMETER_OIDC_SECRET"),
        ({"oidc_secret": "file:/nowhere/secret"}, "cannot be read"),
        ({"oidc_groups": "people=boss"}, "“people=boss” cannot be"),
        ({"oidc_groups": "people=manager:"}, "“people=manager:” cannot be"),
        ({"oidc": "", "passwords": "no"}, "TRIBOMETER_PASSWORDS=no needs"),
    ],
)
def test_a_setting_that_cannot_be_ends_the_start(
    settings: Settings, wrong: dict[str, str], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        starting.check_settings(replace(settings, **{**RIGHT, **wrong}))


def test_without_the_extra_the_start_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match="the extra “oidc”"):
        starting.check_settings(replace(settings, **RIGHT))


def test_the_secret_is_not_shown_and_nothing_is_loaded_at_the_start(settings: Settings) -> None:
    assert SECRET not in repr(replace(settings, **RIGHT))
    code = (
        "import sys; from app import create_app; from surveys.settings import Settings; "
        "from surveys.operating.serving import open_installation; "
        "open_installation(create_app, Settings.read()); "
        "heavy = {'authlib', 'requests', 'numpy', 'scipy', 'sklearn', 'nltk', 'openpyxl'}; "
        "print(heavy & sys.modules.keys())"
    )
    given = {f"TRIBOMETER_{name.upper()}": value for name, value in RIGHT.items()}
    started = subprocess.run(
        [sys.executable, "-c", code],
        env={**given, "TRIBOMETER_INSTANCE": str(settings.instance), "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert started.stdout == "set()\n"


def test_without_the_setting_there_is_no_such_way(client: FlaskClient) -> None:
    for place in ("", "/back", "/out"):
        assert client.get(f"/sign-in/organisation{place}").status_code == 404
    assert "organisation's account" not in client.get("/sign-in").text


def test_passwords_can_be_switched_off_but_not_the_administrators_link(
    installed: Installation,
) -> None:
    hr = account(installed, "hr@example.org", "hr")
    settings = replace(installed.settings, **RIGHT, passwords="no")
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    page = browser.get("/sign-in").text
    assert "Sign in with your organisation's account" in page
    assert 'type="password"' not in page
    tried = browser.post("/sign-in", data={"email": "hr@example.org", "password": PASSWORD})
    assert (tried.status_code, browser.get_cookie(COOKIE)) == (200, None)
    assert browser.get("/forgot").status_code == 404
    with write_session(installed.sessions) as session:
        queue_account_mail(session, hr.id)
        link = accounts.make_link(session, hr)
    deliver_due(installed.sessions, settings)
    (mail,) = Path(settings.outbox.removeprefix("file:")).glob("*.eml")
    assert "/sign-in?lang=3Den" in mail.read_text() or "/sign-in?lang=en" in mail.read_text()
    assert "/enter" not in mail.read_text()
    assert browser.post("/enter?new=1", data={"code": link}).location == "/"
    assert "Password" not in browser.get("/account").text
    assert browser.get("/account/password").status_code == 404
