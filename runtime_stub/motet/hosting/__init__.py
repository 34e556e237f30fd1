"""One node as a program: its command line, its run, its report."""
