"""The demonstration evaluation: Shibi Street 2023, with invented people and the published figures."""
