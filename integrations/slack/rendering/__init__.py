"""What people see in Slack: Block Kit as plain JSON, within Slack's limits."""
