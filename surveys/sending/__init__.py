"""One outbox for all that leaves the house: mail now, chat and webhooks later."""
