"""Routes of this room: the JSON API: results to read, series to bring in."""

from surveys.integrations.api.routes import figures, results

BLUEPRINTS = (figures.blueprint, results.blueprint)
