"""Live collections: what programs say about data that keeps coming.

These classes describe; they are never executed. `motet build` rewrites chains of their methods into
plain loops, and calling one here raises `NotProjectedError`. What each operator needs and gives is
in the types that checkers see (`motet-stubs`).
"""
