"""The model: households, migrants, firms and a local authority, month by month. No files, no network."""
