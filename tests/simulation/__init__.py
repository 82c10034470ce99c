"""Simulated days: the real poller over a fake web, compared with what that web remembers."""
