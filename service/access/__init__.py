"""Who asks: actors, what each kind may do, and the secrets they prove themselves with."""
