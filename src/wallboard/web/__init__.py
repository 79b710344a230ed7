"""The board and the wall in browsers: one poller, one process that follows it, and a screen forked from that for each
browser. Nothing in it can act."""
