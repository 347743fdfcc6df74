"""Early stopping of boosting inside a fold, by samples of its training part.

Boosting stops adding trees when they no longer help on a *stopping set*. It is held out
of the training part of each fold (`stopping_set`), transformed by the fitted steps of a
pipeline (`stopped_fit`) and handed to ``fit`` in the words of each library
(`libraries`). The part that is scored is never looked at.
"""
