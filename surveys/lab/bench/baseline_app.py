"""The least that the stack can do: one form, one durable row. What the product is compared with.

The row is of the size and shape of the product's own (surveys.models.ballots.SealedBallot), so that
the two write the same; all that the product does beyond it is what the comparison shows.

Started as a process: `python -m surveys.lab.bench.baseline_app FOLDER DATABASE PORT`; on SQLite by
waitress with one process, on PostgreSQL by gunicorn with two, as the product is.
"""

import secrets
import sys
from pathlib import Path

from flask import Flask, request
from sqlalchemy import text
from werkzeug.wrappers import Response

from surveys.answering.sealing import BALLOT_SIZE
from surveys.database import make_engine
from surveys.operating.serving import THREADS

TABLE = {
    "sqlite": "CREATE TABLE IF NOT EXISTS kept (wave INTEGER, key VARCHAR(64), body BLOB, "
    "PRIMARY KEY (wave, key)) WITHOUT ROWID",
    "postgresql": "CREATE TABLE IF NOT EXISTS kept (wave INTEGER, key VARCHAR(64), body BYTEA, "
    "PRIMARY KEY (wave, key))",
}
#: bytes of a sealed ballot: its own and those of the seal
SIZE = BALLOT_SIZE + 48
KEEP = text("INSERT INTO kept VALUES (1, :key, :body)")


def baseline_app(database: str, form: str) -> Flask:
    """One page with the form, one view that keeps what is sent before it answers."""
    app = Flask(__name__)
    engine = make_engine(database)

    @app.get("/s/form")
    def show() -> str:
        return form

    @app.post("/s/form")
    def keep() -> Response | str:
        with engine.begin() as connection:
            key = secrets.token_hex(32)
            body = str(request.form.to_dict()).encode().ljust(SIZE)
            connection.execute(KEEP, {"key": key, "body": body})
        return f'<p class="code">{key}</p>'

    return app


def main(folder: str, database: str, port: str) -> None:
    """Serve until ended."""
    engine = make_engine(database)
    with engine.begin() as connection:
        connection.execute(text(TABLE[engine.dialect.name]))
    engine.dispose()
    form = (Path(folder) / "form.html").read_text(encoding="utf-8")
    if database.startswith("sqlite"):
        import waitress

        waitress.serve(baseline_app(database, form), port=int(port), threads=THREADS)
        return
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        """As `tribometer web` is set up."""

        def load_config(self) -> None:
            given = {
                "bind": f"127.0.0.1:{port}",
                "workers": 2,
                "worker_class": "gthread",
                "threads": THREADS,
                "loglevel": "warning",
            }
            for name, value in given.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return baseline_app(database, form)

    Server().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
