"""Routes of this room: the pages of sign-in, of one's own account, and of tokens for programs."""

from surveys.access.routes import account, signing_in, tokens

BLUEPRINTS = (account.blueprint, signing_in.blueprint, tokens.blueprint)
