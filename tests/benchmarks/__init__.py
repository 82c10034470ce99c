"""`tests.benchmarks` measures quality and speed beside other engines; it asserts nothing."""
