"""What talks to AWS: turns the domain's requests into calls, and AWS errors into the domain's own."""
