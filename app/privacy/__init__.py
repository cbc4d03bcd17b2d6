"""Encryption, keyed hashes and masking of names, telephones and addresses."""
