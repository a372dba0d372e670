"""From the words of a language model to a prediction: read with patience, placed in the text."""
