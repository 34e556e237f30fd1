"""The located program, its printer and its verifier."""
