"""`outbox` keeps messages owed to channels until they are delivered, once: claims, retries, doubts settled by looking; what a message says is not its affair, nor how a platform is called."""
