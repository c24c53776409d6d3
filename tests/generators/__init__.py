"""Tests of the synthetic shops."""
