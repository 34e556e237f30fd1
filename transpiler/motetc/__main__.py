"""`python -m motetc` is the `motet` command."""

from motetc.cli import main

if __name__ == "__main__":
    main()
