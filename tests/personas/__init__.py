"""Tests of the feature table."""
