"""What Hearback's functions share: the domain here, what talks to AWS in `hearback.aws`."""
