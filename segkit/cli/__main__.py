"""The command line as python -m segkit.cli."""

from segkit.cli import main

if __name__ == "__main__":
    main()
