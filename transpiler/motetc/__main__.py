"""`python -m motetc` is the `motet` command."""

from motetc.entry import main

if __name__ == "__main__":
    main()
