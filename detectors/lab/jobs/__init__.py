"""What clients do with the model, whatever they say: one file a family of jobs."""
