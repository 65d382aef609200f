"""Stage 7: Protocol x Panel -> Estimates."""
