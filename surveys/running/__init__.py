"""HR sets a pulse up and runs it: people, seams, questions, calendar, launch, live view."""
