"""Pages that are used, not only looked at: runs compared, a training replayed."""
