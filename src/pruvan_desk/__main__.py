"""``python -m pruvan_desk`` is the same command as ``pruvan-desk``."""

from pruvan_desk.cli.main import main

if __name__ == "__main__":
    main()
