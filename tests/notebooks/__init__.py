"""Tests that run the audit notebook."""
