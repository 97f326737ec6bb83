"""One file per line of the month: rules, kernel, class."""
