"""The parts of the deterministic scheduler."""
