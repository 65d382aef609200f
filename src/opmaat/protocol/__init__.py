"""Stage 1: protocol.yaml -> Protocol, checked and frozen."""
