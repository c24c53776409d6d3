"""Tests of reading deliveries."""
