"""joblib's backends as pools that take one task at a time.

`joblib.Parallel` hands calls to the active backend one at a time, with a callback, but
does not offer this to others. The private names of joblib that it takes are in
`private.py`, and in no other file.
"""
