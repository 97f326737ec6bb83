"""Running the model: plans of runs, their store on disk, paired statistics."""
