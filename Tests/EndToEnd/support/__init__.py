"""What the end-to-end tests are made of: the daemon, a Redis, and clients of every kind."""
