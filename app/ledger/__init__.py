"""Ledgers: reading an office's file, making the frame, and sealing it."""
