"""The archive: exact bytes, sealed where they are personal."""
