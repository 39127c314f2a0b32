"""Changing which log the hub reads: more partitions, a topic made anew, a restored database; no worker runs then."""
