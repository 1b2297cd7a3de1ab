"""Entry point: `create_app(settings)` for servers and `main()` for the `tribometer` command."""

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from surveys import languages
from surveys.access import headers, policy, problems
from surveys.access.account_routes import blueprint as account
from surveys.access.routes import blueprint as access
from surveys.access.token_routes import blueprint as tokens
from surveys.answering.routes import blueprint as answering
from surveys.commands import run
from surveys.curating.routes import blueprint as curating
from surveys.curating.workbench_routes import blueprint as workbench
from surveys.database import ROOT, make_engine, make_sessions, reader_of
from surveys.directory.routes import blueprint as people
from surveys.exporting.routes import blueprint as exporting
from surveys.improving.goal_routes import blueprint as goals
from surveys.improving.routes import blueprint as improving
from surveys.improving.series_routes import blueprint as series
from surveys.integrations.api.figures_routes import blueprint as figures_api
from surveys.integrations.api.routes import blueprint as api
from surveys.integrations.oidc.routes import blueprint as identity
from surveys.integrations.scim.routes import blueprint as scim
from surveys.integrations.webhooks.routes import blueprint as webhooks
from surveys.jobs import Jobs
from surveys.operating import watching
from surveys.operating.routes import blueprint as operating
from surveys.reading.playbook import read_own
from surveys.reading.routes import blueprint as reading
from surveys.reading.template_tools import add_page_tools
from surveys.running.routes import blueprint as running
from surveys.running.wording_routes import blueprint as wording
from surveys.settings import Settings, prepare_folders, secret_key
from surveys.web import Installation, close_db

__all__ = ["create_app", "main"]

ROOMS = (
    access,
    account,
    identity,
    tokens,
    webhooks,
    people,
    running,
    wording,
    answering,
    reading,
    curating,
    workbench,
    improving,
    goals,
    series,
    exporting,
    api,
    figures_api,
    scim,
    operating,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The web application of one installation; raises SettingsError for settings it cannot use."""
    settings = settings or Settings.read()
    prepare_folders(settings)
    read_own(settings.instance)
    app = Flask(
        "tribometer", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    _configure(app, settings)
    if settings.proxies:
        # Only the address of the browser is taken from them: links come from the base URL alone.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
    engine = make_engine(settings.database)
    app.extensions["tribometer"] = Installation(
        settings, engine, reader_of(engine), make_sessions(engine), Jobs(settings)
    )
    watching.watch(app, counting=settings.metrics == "yes")  # before whatever may refuse a request
    guard = CSRFProtect(app)
    # Programs have tokens; the form of staff carries a signed value that works without cookies.
    for exempt in (scim, figures_api, "surveys.answering.routes.form"):
        guard.exempt(exempt)
    add_page_tools(app)
    app.before_request(policy.enforce)
    app.teardown_appcontext(close_db)
    headers.add_headers(app, settings.https)
    problems.add_error_pages(app)
    for room in ROOMS:
        app.register_blueprint(room)
    policy.check_every_route(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=secret_key(settings),
        SESSION_COOKIE_NAME="tribometer",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        MAX_CONTENT_LENGTH=1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        BABEL_TRANSLATION_DIRECTORIES=str(languages.FOLDER),
    )


def main() -> None:
    """The `tribometer` command."""
    run(create_app)
