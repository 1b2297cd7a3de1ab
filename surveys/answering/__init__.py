"""Staff answer: pages, form, ballot box, receipt."""
