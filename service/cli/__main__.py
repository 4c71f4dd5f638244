"""`python -m service.cli`: the same as `halfway`, where the script is not on the path."""

from service.cli import main

main(prog_name="halfway")
