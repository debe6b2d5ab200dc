"""What a running system tells its operators: events, metrics and traces, never content."""
