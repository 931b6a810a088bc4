"""Pages that are used, not only looked at: networks trained, runs compared, a training replayed."""
