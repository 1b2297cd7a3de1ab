"""Who may see what: sign-in, roles, the policy of every route, the audit log."""
