"""The third layer of checks: mypy over the generated modules, told at source lines."""
