"""When to ask the sources, never what an answer means."""
