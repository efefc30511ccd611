"""Subcommands of `python -m drivers`, one module each.

A module has `add_parser(commands)`, which names its arguments and sets `run=` to a function that takes
the parsed options and returns the exit code. `drivers.__main__` lists the modules; a new command is a
file here, a line there and its words in README. Modules of this package are the top of `drivers`:
nothing imports them but `drivers.__main__`, and they load drivers only when their command runs.
"""
