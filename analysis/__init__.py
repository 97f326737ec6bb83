"""Reading results, and the command line."""
