"""From files to a program: discovery, parsing, bindings, and the types that mypy knows."""
