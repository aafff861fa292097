"""The operator's command line, `hearback`."""
