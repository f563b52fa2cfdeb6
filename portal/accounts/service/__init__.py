"""The rules of accounts, by noun."""
