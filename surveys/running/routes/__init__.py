"""Routes of this room: HR's pages for running a pulse, and the wording of its questions."""

from surveys.running.routes import pulse, wording

BLUEPRINTS = (pulse.blueprint, wording.blueprint)
