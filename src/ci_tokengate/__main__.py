"""`python -m ci_tokengate`."""

from ci_tokengate.cli import main

main()
