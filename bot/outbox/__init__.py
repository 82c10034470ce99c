"""`outbox` keeps messages owed to channels until they are delivered, once: claims, retries, doubts settled by looking; it knows neither what a message says nor how a platform is called."""
