"""A queue, an agent and a hotline in one look: what is wrong, why, and who can help."""
