"""Routes of this room: HR's theme pages: the board, and the decisions."""

from surveys.curating.routes import board, decisions

BLUEPRINTS = (board.blueprint, decisions.blueprint)
