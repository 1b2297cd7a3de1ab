"""Routes of this room: the pages of agreements, goals and business metrics."""

from surveys.improving.routes import agreements, goals, series

BLUEPRINTS = (agreements.blueprint, goals.blueprint, series.blueprint)
