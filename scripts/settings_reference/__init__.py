"""The table of settings in both READMEs, from the model and the words beside it."""
