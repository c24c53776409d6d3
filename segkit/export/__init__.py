"""Segments handed over: SQL for a data team, and lists of members for a platform, each with a receipt."""
