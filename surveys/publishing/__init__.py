"""The one door from answers to figures: close, redact, shuffle, analyse, apply the release rule."""
