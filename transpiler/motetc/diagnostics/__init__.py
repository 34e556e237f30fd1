"""Findings: what they are, what their codes mean, how they are shown."""
