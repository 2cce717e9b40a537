"""Tags and lists: all of them, and the page on which one is renamed, merged or deleted."""
