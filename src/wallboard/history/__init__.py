"""What was: minutes of queues, calls, agents' states, alarms and notes, on this machine's disk."""
