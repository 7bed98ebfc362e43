"""What C says: preprocessed headers, sliced, parsed and laid out; runs no compiler and no process itself."""
