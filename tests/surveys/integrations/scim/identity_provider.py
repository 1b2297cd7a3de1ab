"""What an identity provider sends, for the tests."""

import json
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from surveys.access import api_tokens
from surveys.database import write_session
from surveys.models.access import ApiToken
from surveys.operating.serving import parts_of

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class IdentityProvider:
    """A provider with a token of its own."""

    def __init__(self, app: Flask) -> None:
        self.app, self.installed = app, parts_of(app)
        with write_session(self.installed.sessions) as session:
            self.secret = api_tokens.make_token(session, "test", "Okta", ["scim"])

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> TestResponse:
        """One request; the body is made JSON unless it is bytes."""
        return self.app.test_client().open(
            f"/scim/v2{path}",
            method=method,
            data=body if body is None or isinstance(body, bytes) else json.dumps(body),
            headers={
                "Authorization": f"Bearer {self.secret}",
                "Content-Type": "application/scim+json",
                **(headers or {}),
            },
        )

    def get(self, path: str, **query: str) -> TestResponse:
        """Read."""
        return self.app.test_client().get(
            f"/scim/v2{path}",
            query_string=query,
            headers={"Authorization": f"Bearer {self.secret}"},
        )

    def add(self, sent: dict[str, Any]) -> str:
        """Make a person; returns the id."""
        made = self.send("POST", "/Users", sent)
        assert made.status_code == 201, made.text
        return str(made.json["id"])

    def token(self) -> ApiToken:
        """Its token as it is stored."""
        with self.installed.sessions() as session:
            return api_tokens.live_tokens(session, "scim")[0]


def user(user_name: str, department: str, **more: Any) -> dict[str, Any]:
    """A user as providers send one; the user name is the address."""
    return {
        "schemas": [CORE, DEPARTMENT],
        "userName": user_name,
        "externalId": f"ext-{user_name}",
        "displayName": user_name.split("@")[0],
        "active": True,
        DEPARTMENT: {"department": department},
        **more,
    }


def patch(op: str, path: str | None, value: Any = None) -> dict[str, Any]:
    """A PATCH of one operation."""
    operation = {"op": op, "path": path, "value": value}
    kept = {name: said for name, said in operation.items() if said is not None}
    return {"schemas": [PATCH], "Operations": [kept]}
