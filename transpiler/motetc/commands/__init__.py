"""One module per verb of the `motet` command."""
