"""Entry point: `create_app(settings)` for servers and `main()` for the `tribometer` command."""

from importlib import import_module

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from surveys import languages
from surveys.access import headers, policy, problems
from surveys.commands import run
from surveys.database import ROOT, make_engine, make_sessions, reader_of
from surveys.jobs import Jobs
from surveys.operating import watching
from surveys.reading.playbook import read_own
from surveys.reading.template_tools import add_page_tools
from surveys.settings import Settings, prepare_folders, secret_key
from surveys.web import Installation, close_db

__all__ = ["create_app", "main"]

#: rooms with pages or an API; all the BLUEPRINTS of their `routes` are registered, here alone
ROOMS = (
    "access",
    "answering",
    "curating",
    "directory",
    "exporting",
    "improving",
    "integrations.api",
    "integrations.oidc",
    "integrations.scim",
    "integrations.webhooks",
    "operating",
    "reading",
    "running",
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
    csrf = CSRFProtect(app)
    add_page_tools(app)
    app.before_request(policy.enforce)
    app.teardown_appcontext(close_db)
    headers.add_headers(app, settings.https)
    problems.add_error_pages(app)
    for room in ROOMS:
        for blueprint in import_module(f"surveys.{room}.routes").BLUEPRINTS:
            app.register_blueprint(blueprint)
    policy.check_every_route(app)
    policy.exempt_from_csrf(app, csrf)
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
