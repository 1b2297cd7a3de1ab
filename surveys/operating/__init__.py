"""Keeping an installation well: backup and restore, the doctor, the audit log's check."""
