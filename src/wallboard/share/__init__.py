"""One poller for many consoles: what sources tell, over NATS. Every fact on it can be read again by one poll."""
