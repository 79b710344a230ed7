"""The poller of a site without a screen."""
