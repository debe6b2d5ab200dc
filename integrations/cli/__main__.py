"""`python -m integrations.cli`: the command line, without its console script."""

from integrations.cli.app import main

main()
