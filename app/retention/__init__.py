"""How long personal data are kept, and their erasure."""
