"""Copies of the database and of the archive elsewhere, restored to any second, and the proof that they can be."""
