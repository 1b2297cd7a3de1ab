"""SCIM 2.0: an identity provider keeps the directory."""
