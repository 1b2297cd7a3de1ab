"""The one door from answers to figures: close, redact, shuffle, analyse, apply the release rule."""

from surveys.settings import keep_to_one_core

keep_to_one_core()  # before anything here loads the analysis
