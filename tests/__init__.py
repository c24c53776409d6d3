"""The specification of segkit, room by room."""
