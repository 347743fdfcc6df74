"""Begin candidates on a part of the training samples."""
