"""What is allowed: the expectation language as nodes, Python terms and text."""
