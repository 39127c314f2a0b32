"""What an operator sees of a running process: metrics, log lines and health pages."""
