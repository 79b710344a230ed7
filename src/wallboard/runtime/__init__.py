"""Where the rooms of the program are put together."""
