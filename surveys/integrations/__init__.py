"""Everything that speaks to other programs: API, SCIM, OpenID Connect, webhooks."""
