"""What a language model is asked: the prompt, the rows shown before, the form of the answer."""
