"""What a tensor was: its versions, its views, and the values that were overwritten."""
