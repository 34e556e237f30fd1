"""From projections to files: wire modules, location modules, format, source map, manifest."""
