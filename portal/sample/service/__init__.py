"""Loading the sample, its people to sign in as, and taking it away again."""
