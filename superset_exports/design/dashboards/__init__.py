"""One module per dashboard; its function dashboard() says what stands where. A new module here is a new dashboard."""
