"""The rules for writing that lint can check: advice, which forbids no publication."""
